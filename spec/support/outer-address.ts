import { networkInterfaces } from 'node:os';

/** An IPv4 address of this machine that others may reach; undefined where it has none. */
export function outerAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
