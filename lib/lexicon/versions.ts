import { AtomError } from '../errors.js';
import { invalid } from './field-errors.js';
import type { LexemeRecord } from './lexeme-record.js';
import { copyKeys } from './plain-data.js';

/**
 * Brings a message of version `from` to the lexeme's own.
 * @throws AtomError `INVALID_ARGUMENT` for a newer version, for an older one that no step takes, and when a step fails
 */
export function upcast(name: string, record: LexemeRecord | undefined, data: object, from: number): unknown {
  const own = record?.version ?? 1;
  const refuse = (message: string, cause?: unknown) =>
    invalid(name, [{ path: '', rule: 'version', message }], cause);
  if (!Number.isSafeInteger(from) || from < 1) throw refuse('its version is not a whole number from 1');
  if (from > own) {
    throw refuse(
      `it has version ${from}, and version ${own} is the newest known here; update ${name} here, or have the sender send version ${own}`,
    );
  }
  let message: unknown = copyKeys(data, 1, (other) => other);
  for (let version = from; version < own; version++) {
    const step = record?.upcast.get(version);
    if (!step) {
      throw refuse(
        `it has version ${version}, which is no longer taken here (version ${own}); have the sender update, or add upcast: { ${version}: (old) => ... } to its @Lexeme`,
      );
    }
    try {
      message = step(message);
    } catch (error) {
      if (AtomError.is(error)) throw error;
      throw refuse(`it could not be brought from version ${version} to ${version + 1}`, error);
    }
  }
  return message;
}
