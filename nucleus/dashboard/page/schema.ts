/** Reads the JSON Schema of a lexeme for people: its fields in words, and an example to start from. */

export type Schema = Readonly<Record<string, unknown>>;

export interface Field {
  /** `lines[].sku`. */
  readonly path: string;
  readonly depth: number;
  readonly name: string;
  /** `text`, `whole number`, `list of text`, … */
  readonly type: string;
  readonly required: boolean;
  /** `greater than 0`, `at most 200 characters`, … */
  readonly rules: readonly string[];
}

const DEEPEST = 6;

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectAt = (schema: Schema, key: string): Schema => (isObject(schema[key]) ? schema[key] : {});
const listAt = (schema: Schema, key: string): readonly unknown[] =>
  Array.isArray(schema[key]) ? (schema[key] as unknown[]) : [];

/** The fields of an object's schema, nested ones below their parent. */
export function fieldsOf(root: Schema): Field[] {
  const fields: Field[] = [];
  const walk = (schema: Schema, prefix: string, depth: number): void => {
    const required = listAt(schema, 'required');
    for (const [name, value] of Object.entries(objectAt(schema, 'properties'))) {
      const field = resolve(isObject(value) ? value : {}, root);
      const path = prefix + name;
      const isRequired = required.includes(name);
      fields.push({
        path,
        depth,
        name,
        type: typeOf(field, root),
        required: isRequired,
        rules: rulesOf(field),
      });
      if (depth >= DEEPEST) continue;
      walk(field, `${path}.`, depth + 1);
      walk(resolve(objectAt(field, 'items'), root), `${path}[].`, depth + 1);
    }
  };
  walk(resolve(root, root), '', 0);
  return fields;
}

/** A value that is close to what the schema takes. `uuid` makes the ids. */
export function sampleOf(root: Schema, uuid: () => string): unknown {
  const sample = (given: Schema, depth: number): unknown => {
    const schema = resolve(given, root);
    if ('default' in schema) return schema['default'];
    if ('const' in schema) return schema['const'];
    const first = listAt(schema, 'enum')[0];
    if (first !== undefined) return first;
    switch (kindOf(schema)) {
      case 'object': {
        if (depth >= DEEPEST) return {};
        const properties = Object.entries(objectAt(schema, 'properties'));
        return Object.fromEntries(
          properties.map(([name, value]) => [name, sample(isObject(value) ? value : {}, depth + 1)]),
        );
      }
      case 'array': {
        const items = resolve(objectAt(schema, 'items'), root);
        const length = Math.min(5, numberAt(schema, 'minItems') ?? (kindOf(items) === 'object' ? 1 : 0));
        return depth >= DEEPEST ? [] : Array.from({ length }, () => sample(items, depth + 1));
      }
      case 'integer':
      case 'number':
        return sampleNumber(schema);
      case 'boolean':
        return false;
      case 'string':
        return sampleText(schema, uuid);
      default:
        return null;
    }
  };
  return sample(root, 0);
}

/** The schema that a `$ref` names, and of `T or null` the T; what stands beside stays. */
function resolve(schema: Schema, root: Schema): Schema {
  let current = schema;
  for (let step = 0; step < 8; step++) {
    const reference = current['$ref'];
    if (typeof reference === 'string') {
      current = { ...without(current, '$ref'), ...at(root, reference) };
      continue;
    }
    const other = listAt(current, 'anyOf').find((option) => isObject(option) && option['type'] !== 'null');
    if (!isObject(other)) break;
    current = { ...without(current, 'anyOf'), ...other, nullable: true };
  }
  const all = listAt(current, 'allOf').filter(isObject);
  return all.length === 0 ? current : (Object.assign({}, ...all, current) as Schema);
}

function without(schema: Schema, key: string): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key));
}

function at(root: Schema, reference: string): Schema {
  const keys = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
  return keys.reduce((schema, key) => objectAt(schema, key.replace(/~1/g, '/').replace(/~0/g, '~')), root);
}

function kindOf(schema: Schema): string | undefined {
  const { type } = schema;
  const kinds = Array.isArray(type) ? (type as unknown[]) : [type];
  const kind = kinds.find((one) => typeof one === 'string' && one !== 'null');
  return typeof kind === 'string' ? kind : 'properties' in schema ? 'object' : undefined;
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'UUID',
  email: 'email address',
  'date-time': 'date and time',
  date: 'date',
  uri: 'URL',
  ipv4: 'IPv4 address',
  ipv6: 'IPv6 address',
  hostname: 'host name',
};
const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'object',
};

function typeOf(schema: Schema, root: Schema): string {
  const kind = kindOf(schema);
  const nullable = schema['nullable'] === true || listAt(schema, 'type').includes('null');
  const words = (): string => {
    const options = listAt(schema, 'enum');
    if (options.length > 0) return options.map((option) => JSON.stringify(option)).join(' | ');
    if ('const' in schema) return JSON.stringify(schema['const']);
    if (kind === 'array') return `list of ${typeOf(resolve(objectAt(schema, 'items'), root), root)}`;
    const { format } = schema;
    if (typeof format === 'string') return FORMATS[format] ?? format;
    return KINDS[kind ?? ''] ?? 'anything';
  };
  return words() + (nullable ? ' or null' : '');
}

const LIMITS: readonly (readonly [key: string, say: (limit: string) => string])[] = [
  ['minimum', (limit) => `at least ${limit}`],
  ['exclusiveMinimum', (limit) => `greater than ${limit}`],
  ['maximum', (limit) => `at most ${limit}`],
  ['exclusiveMaximum', (limit) => `less than ${limit}`],
  ['multipleOf', (limit) => `a multiple of ${limit}`],
  ['minLength', (limit) => `at least ${limit} characters`],
  ['maxLength', (limit) => `at most ${limit} characters`],
  ['pattern', (limit) => `matches ${limit}`],
  ['minItems', (limit) => `at least ${limit} ${limit === '1' ? 'item' : 'items'}`],
  ['maxItems', (limit) => `at most ${limit} items`],
  ['contentEncoding', (limit) => limit],
];

function rulesOf(schema: Schema): string[] {
  const said = LIMITS.filter(([key]) => key in schema).map(([key, say]) => say(String(schema[key])));
  const not = listAt(objectAt(schema, 'not'), 'enum');
  if (not.length > 0) said.push(`not ${not.map((value) => JSON.stringify(value)).join(' or ')}`);
  if ('default' in schema) said.push(`${JSON.stringify(schema['default'])} when left out`);
  return said;
}

function numberAt(schema: Schema, key: string): number | undefined {
  return typeof schema[key] === 'number' ? schema[key] : undefined;
}

function sampleNumber(schema: Schema): number {
  const least = numberAt(schema, 'minimum');
  const above = numberAt(schema, 'exclusiveMinimum');
  const most = numberAt(schema, 'maximum');
  const below = numberAt(schema, 'exclusiveMaximum');
  const step = numberAt(schema, 'multipleOf') ?? 1;
  const from = least ?? (above === undefined ? Math.min(step, most ?? step) : above + step);
  return below !== undefined && from >= below ? below - step : from;
}

const TEXTS: Readonly<Record<string, string>> = {
  email: 'ada@example.org',
  'date-time': '2026-01-01T12:00:00.000Z',
  date: '2026-01-01',
  uri: 'https://example.org/',
  hostname: 'example.org',
  ipv4: '127.0.0.1',
  ipv6: '::1',
};

function sampleText(schema: Schema, uuid: () => string): string {
  const { format } = schema;
  if (format === 'uuid') return uuid();
  const known = typeof format === 'string' ? TEXTS[format] : undefined;
  return (
    known ?? 'text'.padEnd(numberAt(schema, 'minLength') ?? 0, 'x').slice(0, numberAt(schema, 'maxLength'))
  );
}
