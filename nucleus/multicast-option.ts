import { isIPv4 } from 'node:net';

/** `off`, or where to meet. */
export type MulticastOption = 'off' | { readonly group?: string; readonly port?: number };

/**
 * Reads `ATOM_MULTICAST`: `off` or `group:port`.
 * Throws a `TypeError` that says how to write it.
 */
export function parseMulticast(text: string): MulticastOption {
  if (text === 'off') return 'off';
  const [group = '', port = '', ...more] = text.split(':');
  const first = Number(group.split('.')[0]);
  const valid = isIPv4(group) && first >= 224 && first <= 239 && /^\d{1,5}$/.test(port) && more.length === 0;
  if (valid && Number(port) > 0 && Number(port) < 65_536) return { group, port: Number(port) };
  throw new TypeError(
    `Multicast '${text}' is neither 'off' nor 'group:port' with a group in 224.0.0.0/4, such as '239.65.84.77:28660'`,
  );
}
