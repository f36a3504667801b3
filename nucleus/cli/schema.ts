/** A JSON Schema, draft 2020-12, as lexemes describe themselves. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What may stand in one place of a message. */
export interface Shape {
  /** `any` where the schema says nothing. */
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null' | 'any';
  /** It may be left out, or be null. */
  readonly nullable: boolean;
  /** The only values, where there are such. */
  readonly values?: readonly unknown[];
  readonly standard?: unknown;
  /** The schema's own keywords, to check a value by. */
  readonly keywords: JsonSchema;
  /** Rules in words: `uuid`, `> 0`, `3 to 20 characters`. */
  readonly rules: readonly string[];
  /** Of an object. */
  readonly fields: readonly Field[];
  /** Of an array. */
  readonly items?: Shape;
}

export interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly shape: Shape;
}

/** A message does not go deeper than this, and a class that holds itself has no end. */
const MAX_DEPTH = 8;

/** What a schema takes. What it does not understand of it, it leaves out: the service checks it all anyway. */
export function shapeOf(schema: JsonSchema, root: JsonSchema = schema, depth = 0): Shape {
  const whole = depth > MAX_DEPTH ? {} : flattened(schema, root);
  const types = [whole['type']].flat().filter((type): type is string => typeof type === 'string');
  const values = 'const' in whole ? [whole['const']] : asList(whole['enum']);
  const type = (types.find((one) => one !== 'null') ?? typeOfValues(values)) as Shape['type'];
  const required = new Set(asList(whole['required']));
  const items = asSchema(whole['items']);
  return {
    type,
    nullable: types.includes('null') || whole['nullable'] === true,
    ...(values === undefined ? {} : { values }),
    ...('default' in whole ? { standard: whole['default'] } : {}),
    keywords: whole,
    rules: rulesOf(whole),
    fields: Object.entries(asSchema(whole['properties']) ?? {}).map(([name, field]) => ({
      name,
      required: required.has(name),
      shape: shapeOf(asSchema(field) ?? {}, root, depth + 1),
    })),
    ...(type === 'array' ? { items: shapeOf(items ?? {}, root, depth + 1) } : {}),
  };
}

/** Its references followed, `allOf` and a lone `anyOf` with null joined in. */
function flattened(schema: JsonSchema, root: JsonSchema): Record<string, unknown> {
  let whole: Record<string, unknown> = { ...schema };
  for (let hops = 0; typeof whole['$ref'] === 'string' && hops < MAX_DEPTH; hops++) {
    const { $ref, ...rest } = whole as { $ref: string };
    whole = { ...target($ref, root), ...rest };
  }
  for (const part of asList(whole['allOf']) ?? [])
    whole = { ...flattened(asSchema(part) ?? {}, root), ...whole };
  const choices = (asList(whole['anyOf']) ?? []).map((choice) => asSchema(choice) ?? {});
  const real = choices.filter(({ type }) => type !== 'null');
  if (real.length === 1) {
    const nullable = real.length < choices.length;
    whole = { ...flattened(real[0] ?? {}, root), ...whole, ...(nullable ? { nullable } : {}) };
  }
  return whole;
}

function target(reference: string, root: JsonSchema): JsonSchema {
  if (!reference.startsWith('#')) return {};
  let found: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    found = asSchema(found)?.[step.replace(/~1/g, '/').replace(/~0/g, '~')];
  }
  return asSchema(found) ?? {};
}

function rulesOf(schema: JsonSchema): string[] {
  const rules: string[] = [];
  const { format, pattern, minLength, maxLength, minItems, maxItems, multipleOf } = schema;
  if (typeof format === 'string') rules.push(format);
  if (typeof pattern === 'string') rules.push(`/${pattern}/`);
  for (const [key, sign] of Object.entries(SIGNS)) {
    if (typeof schema[key] === 'number') rules.push(`${sign} ${schema[key]}`);
  }
  if (typeof multipleOf === 'number') rules.push(`a multiple of ${multipleOf}`);
  rules.push(...range(minLength, maxLength, 'characters'), ...range(minItems, maxItems, 'items'));
  const not = asSchema(schema['not']);
  const never = asList(not?.['enum']) ?? (not !== undefined && 'const' in not ? [not['const']] : undefined);
  if (never !== undefined) rules.push(`not ${never.map((value) => JSON.stringify(value)).join(', ')}`);
  return rules;
}

const SIGNS: Readonly<Record<string, string>> = {
  minimum: '≥',
  maximum: '≤',
  exclusiveMinimum: '>',
  exclusiveMaximum: '<',
};

function range(least: unknown, most: unknown, what: string): string[] {
  const from = typeof least === 'number' ? least : undefined;
  const to = typeof most === 'number' ? most : undefined;
  if (from !== undefined && to !== undefined) return [`${from} to ${to} ${what}`];
  if (from !== undefined) return [`at least ${from} ${what}`];
  return to === undefined ? [] : [`at most ${to} ${what}`];
}

function typeOfValues(values: readonly unknown[] | undefined): string {
  const types = new Set((values ?? []).map((value) => typeof value));
  const [only] = types;
  return types.size === 1 && ['string', 'number', 'boolean'].includes(only ?? '') ? (only as string) : 'any';
}

function asSchema(value: unknown): JsonSchema | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonSchema)
    : undefined;
}

function asList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? (value as unknown[]) : undefined;
}
