import type { ValidationError } from 'class-validator';
import { AtomError, type FieldError } from '../errors.js';
import type { Class } from '../metadata/definitions.js';
import { hasRules, shapeOf, type Rule } from './class-shape.js';
import { ruleName } from './rule-name.js';

const MAX_FIELD_ERRORS = 20;
/** Characters of one path or message: a key is the sender's choice and may be of any length. */
const MAX_FIELD_TEXT = 256;
/** Bytes of the whole message. */
const MAX_TEXT = 4096;

/**
 * What a lexeme says to wrong data: `Invalid GetUser: userId must be a UUID`, one entry of `details` per field.
 * Texts are cut to what SEMANTICS promises.
 */
export function invalid(name: string, errors: readonly FieldError[], cause?: unknown): AtomError {
  const details = errors.slice(0, MAX_FIELD_ERRORS).map(({ path, rule, message }) => ({
    path: cut(path, MAX_FIELD_TEXT),
    rule: cut(rule, MAX_FIELD_TEXT),
    message: cut(message, MAX_FIELD_TEXT),
  }));
  const text = cut(`Invalid ${name}: ${details.map(sentence).join('; ')}`, MAX_TEXT);
  return new AtomError('INVALID_ARGUMENT', text, { details, cause });
}

/** class-validator's tree of errors as a flat list, the first ones only. */
export function fieldErrors(tree: readonly ValidationError[]): FieldError[] {
  const found: FieldError[] = [];
  collect(tree, '', found);
  return found.slice(0, MAX_FIELD_ERRORS);
}

function collect(tree: readonly ValidationError[], parent: string, found: FieldError[]): void {
  for (const error of tree) {
    if (found.length >= MAX_FIELD_ERRORS) return;
    // class-validator names no property where the object as a whole is of no known class.
    const property = (error.property as string | undefined) ?? '';
    const path = [parent, property].filter((part) => part !== '').join('.');
    for (const [rule, message] of Object.entries(error.constraints ?? {})) {
      found.push({ path, rule, message: wording(error, path, rule, message) });
    }
    collect(error.children ?? [], path, found);
  }
}

function wording(error: ValidationError, path: string, rule: string, message: string): string {
  if (rule === 'unknownValue') {
    const field = path.split('.').findLast((part) => !/^\d+$/.test(part)) ?? 'it';
    return `${field} is of no known class; the lexeme needs @Type(() => ItsClass) beside @ValidateNested()`;
  }
  const template = templateOf(error, rule);
  return typeof template === 'string' && template.includes('$value')
    ? withoutValue(template, error)
    : String(message);
}

/** The text that a user gave to the rule that failed. */
function templateOf(error: ValidationError, rule: string): Rule['message'] | undefined {
  const type = error.target?.constructor as Class | undefined;
  if (!type || !hasRules(type)) return undefined;
  const rules = shapeOf(type).rules.get(error.property) ?? [];
  return rules.find((candidate) => ruleName(candidate) === rule)?.message;
}

/** class-validator would put the value itself in place of `$value`. */
function withoutValue(template: string, error: ValidationError): string {
  return template
    .replaceAll('$value', 'the value')
    .replaceAll('$property', error.property)
    .replaceAll('$target', error.target?.constructor.name ?? '')
    .replace(/\$constraint\d+/g, 'the limit');
}

function sentence({ path, message }: FieldError): string {
  const property = path.slice(path.lastIndexOf('.') + 1);
  if (path === property) return message;
  return message.startsWith(`${property} `) ? path + message.slice(property.length) : `${path}: ${message}`;
}

/** At most `limit` bytes of UTF-8, never half a character. */
function cut(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const bytes = Buffer.from(text).subarray(0, limit - 3);
  return `${new TextDecoder().decode(bytes, { stream: true })}...`;
}
