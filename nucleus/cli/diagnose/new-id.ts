import { randomBytes } from 'node:crypto';

/** An instance id that nobody has. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}
