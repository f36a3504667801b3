import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isLoopbackHost } from '../endpoint.js';

/**
 * The IPv4 addresses of the interfaces that multicast uses for a socket bound to `bind`: that one address, and the
 * loopback, where those of the same host speak that listen there only; or all of the machine's when it is bound to
 * every interface or to something that is no IPv4 address.
 */
export function multicastInterfaces(bind: string): readonly string[] {
  if (bind === 'localhost' || bind === '::1') return ['127.0.0.1'];
  if (isIPv4(bind) && bind !== '0.0.0.0') return isLoopbackHost(bind) ? [bind] : [bind, '127.0.0.1'];
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.filter((address) => address.family === 'IPv4').map((address) => address.address);
}
