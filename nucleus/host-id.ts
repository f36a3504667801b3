import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names the host as far as loopback reaches: the boot id and the network namespace, hashed to 16 hex digits.
 * Two containers of one machine differ; two processes of one container do not. Where the system does not
 * tell (not Linux), the host's name stands in.
 */
export function hostId(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? hostname();
  const network = attempt(() => readlinkSync('/proc/self/ns/net')) ?? '';
  return createHash('sha256').update(`${boot}\n${network}`).digest('hex').slice(0, 16);
}

function attempt(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
