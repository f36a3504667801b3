import type { Field, Shape } from './schema.js';

/** A shape in a few words: `string, uuid`, `list of integer, ≥ 1 items`, `one of "a", "b"`. */
export function shapeInWords(shape: Shape): string {
  const { type, values, items, rules, nullable } = shape;
  const what =
    values !== undefined
      ? `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`
      : items !== undefined
        ? `list of ${shapeInWords(items)}`
        : type;
  return [what, ...rules, ...(nullable ? ['or null'] : [])].join(', ');
}

/** One line of a message's fields: where, what, whether it must be there. */
export interface FieldLine {
  readonly path: string;
  readonly words: string;
  readonly presence: string;
}

/** The fields of a message, those of nested objects below their own with the path: `items[].sku`. */
export function fieldLines(shape: Shape, prefix = ''): FieldLine[] {
  return shape.fields.flatMap(({ name, required, shape: inner }: Field) => {
    const path = `${prefix}${name}`;
    const isList = inner.items !== undefined;
    const deeper = isList ? fieldLines(inner.items, `${path}[].`) : fieldLines(inner, `${path}.`);
    const standard = 'standard' in inner ? `default ${JSON.stringify(inner.standard)}` : 'optional';
    return [{ path, words: shapeInWords(inner), presence: required ? 'required' : standard }, ...deeper];
  });
}

/** A message that could be sent: each required field with a value of its type. */
export function exampleOf(shape: Shape): unknown {
  if ('standard' in shape) return shape.standard;
  if (shape.values !== undefined) return shape.values[0];
  switch (shape.type) {
    case 'object':
      return Object.fromEntries(
        shape.fields
          .filter(({ required }) => required)
          .map(({ name, shape: inner }) => [name, exampleOf(inner)]),
      );
    case 'array':
      return shape.items === undefined ? [] : [exampleOf(shape.items)];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'string':
      return EXAMPLES[shape.rules[0] ?? ''] ?? '…';
    default:
      return null;
  }
}

const EXAMPLES: Readonly<Record<string, string>> = {
  uuid: '6f1c2b1e-5a0e-4b6f-9a8e-0c6d9d1b7a55',
  email: 'ada@example.org',
  uri: 'https://example.org',
  'date-time': '2026-01-31T12:00:00Z',
};
