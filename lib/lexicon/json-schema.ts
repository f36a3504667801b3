import type { Class } from '../metadata/definitions.js';
import { checkerOf } from './check.js';
import { hasRules, RULE_KIND, shapeOf, type ClassShape, type Rule } from './class-shape.js';
import { translate, type JsonSchema } from './json-schema-rules.js';
import { ruleName } from './rule-name.js';

/**
 * JSON Schema (2020-12) of what a lexeme class takes. Rules without a counterpart are left out, so the schema may
 * take more than the class does.
 */
export function classSchema(type: Class, strict: boolean): JsonSchema {
  const definitions = new Definitions(type, strict);
  const schema = definitions.describe(type);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: type.name,
    ...schema,
    ...definitions.all(),
  };
}

/** The nested classes of one schema, each described once under its name. */
class Definitions {
  private readonly names = new Map<Class, string>();
  private readonly schemas: Record<string, JsonSchema> = {};

  constructor(
    private readonly root: Class,
    private readonly strict: boolean,
  ) {}

  all(): JsonSchema {
    return this.names.size > 0 ? { $defs: this.schemas } : {};
  }

  describe(type: Class): JsonSchema {
    const shape = shapeOf(type);
    const fresh = new type() as Record<string, unknown>;
    const properties: Record<string, JsonSchema> = {};
    const required: string[] = [];
    for (const [key, rules] of shape.rules) {
      if (shape.fixed.has(key)) continue;
      properties[key] = this.field(shape, key, rules, fresh[key]);
      if (fresh[key] === undefined && checkerOf(type).requires(key)) required.push(key);
    }
    return {
      type: 'object',
      properties,
      ...(required.length > 0 && { required }),
      ...(this.strict && { additionalProperties: false }),
    };
  }

  private reference(type: Class): JsonSchema {
    if (type === this.root) return { $ref: '#' };
    let name = this.names.get(type);
    if (name === undefined) {
      const taken = new Set(this.names.values());
      name = type.name;
      for (let count = 2; taken.has(name); count++) name = `${type.name}${count}`;
      this.names.set(type, name); // before it is described: it may contain itself
      this.schemas[name] = this.describe(type);
    }
    return { $ref: `#/$defs/${name.replace(/~/g, '~0').replace(/\//g, '~1')}` };
  }

  private field(shape: ClassShape, key: string, rules: readonly Rule[], standard: unknown): JsonSchema {
    const own: JsonSchema[] = [];
    const items: JsonSchema[] = [];
    for (const rule of rules) {
      if (rule.validateIf) continue;
      if (rule.type === RULE_KIND.custom) (rule.each ? items : own).push(translate(rule, ruleName(rule)));
    }
    const nested = rules.find((rule) => rule.type === RULE_KIND.nested);
    const type = shape.types.get(key);
    if (nested) {
      const target = type?.typeFunction?.length === 0 ? type.typeFunction() : undefined;
      const reference =
        typeof target === 'function' && hasRules(target as Class) ? this.reference(target as Class) : {};
      const isList = nested.each || type?.reflectedType === Array;
      (isList ? items : own).push(reference);
    }
    if (items.length > 0) own.push({ type: 'array', items: merge(items) });
    const conditional = rules.some(
      (rule) => rule.type === RULE_KIND.conditional && rule.name !== 'isOptional',
    );
    if (conditional) return {};
    const schema = merge(own);
    const optional = rules.some((rule) => rule.type === RULE_KIND.conditional);
    return { ...(optional ? orNull(schema) : schema), ...defaultOf(standard) };
  }
}

/** All of them at once; keywords that would collide go into `allOf`. */
function merge(schemas: readonly JsonSchema[]): JsonSchema {
  const merged: JsonSchema = {};
  const rest: JsonSchema[] = [];
  for (const schema of schemas) {
    const narrower = schema['type'] === 'integer' && merged['type'] === 'number';
    if (narrower) merged['type'] = 'integer';
    const wider = schema['type'] === 'number' && merged['type'] === 'integer';
    const { type, ...others } = schema;
    const remaining = narrower || wider || type === merged['type'] || type === undefined ? others : schema;
    const free = Object.keys(remaining).every((key) => !(key in merged));
    if (free) Object.assign(merged, remaining);
    else rest.push(remaining);
  }
  return rest.length > 0
    ? { ...merged, allOf: [...((merged['allOf'] as JsonSchema[]) ?? []), ...rest] }
    : merged;
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type, ...others } = schema;
  if (Object.keys(schema).length === 0) return schema;
  const simple =
    typeof type === 'string' && !['enum', 'const', 'not', '$ref', 'allOf'].some((key) => key in others);
  return simple ? { ...schema, type: [type, 'null'] } : { anyOf: [schema, { type: 'null' }] };
}

function defaultOf(value: unknown): JsonSchema {
  if (value === undefined || typeof value === 'function') return {};
  try {
    return { default: JSON.parse(JSON.stringify(value)) as unknown };
  } catch {
    return {};
  }
}
