import type { Class } from '../metadata/definitions.js';

export function classSchema(_type: Class, _strict: boolean): Record<string, unknown> {
  return {};
}
