import type { Shape } from './schema.js';
import { shapeInWords } from './shape-text.js';

/**
 * What is wrong with a value that is no object and no list; undefined when nothing is. Only the schema's plain
 * rules are looked at: the service checks the whole message anyway.
 */
export function problemOf(shape: Shape, value: unknown): string | undefined {
  const { type, values, keywords } = shape;
  if (value === null && shape.nullable) return undefined;
  if (values !== undefined) {
    const isOne = values.some((one) => JSON.stringify(one) === JSON.stringify(value));
    return isOne ? undefined : `Give ${shapeInWords(shape)}.`;
  }
  if (type === 'integer' && !Number.isInteger(value)) return 'Give a whole number.';
  if (type === 'number' && typeof value !== 'number') return 'Give a number.';
  if (typeof value === 'number') return numberProblem(keywords, value);
  if (typeof value === 'string') return textProblem(keywords, value);
  return undefined;
}

function numberProblem(keywords: Shape['keywords'], value: number): string | undefined {
  const limit = (key: string): number | undefined => {
    const found = keywords[key];
    return typeof found === 'number' ? found : undefined;
  };
  if (value < (limit('minimum') ?? -Infinity)) return `Give at least ${limit('minimum')}.`;
  if (value > (limit('maximum') ?? Infinity)) return `Give at most ${limit('maximum')}.`;
  if (value <= (limit('exclusiveMinimum') ?? -Infinity))
    return `Give more than ${limit('exclusiveMinimum')}.`;
  if (value >= (limit('exclusiveMaximum') ?? Infinity)) return `Give less than ${limit('exclusiveMaximum')}.`;
  return undefined;
}

function textProblem(
  { minLength, maxLength, pattern, format, not }: Shape['keywords'],
  value: string,
): string | undefined {
  if (typeof minLength === 'number' && value.length < minLength)
    return `Give at least ${minLength} characters.`;
  if (typeof maxLength === 'number' && value.length > maxLength)
    return `Give at most ${maxLength} characters.`;
  if (typeof format === 'string' && FORMATS[format]?.test(value) === false) return `Give a ${format}.`;
  if (typeof pattern === 'string' && matches(pattern, value) === false)
    return `Give what matches /${pattern}/.`;
  const never = (not as { enum?: unknown } | undefined)?.enum;
  if (Array.isArray(never) && never.includes(value))
    return value === '' ? 'It must not be empty.' : `Not '${value}'.`;
  return undefined;
}

/** Rough ones: they find slips of the finger. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  email: /^[^\s@]+@[^\s@]+$/,
  uri: /^[a-z][a-z0-9+.-]*:/i,
  'date-time': /^\d{4}-\d\d-\d\d/,
};

/** Undefined for a pattern that this engine does not know. */
function matches(pattern: string, value: string): boolean | undefined {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return undefined;
  }
}
