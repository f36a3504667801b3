import type { Rule } from './class-shape.js';

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Record<string, unknown>;

/** What a rule with its constraints says in JSON Schema. */
type Translate = (constraints: readonly unknown[]) => JsonSchema;

const string: Translate = () => ({ type: 'string' });
const text =
  (more: JsonSchema): Translate =>
  () => ({ type: 'string', ...more });

/** By class-validator's names. A rule that is not here says nothing, and the schema is the wider for it. */
const TRANSLATIONS: Readonly<Record<string, Translate>> = {
  isString: string,
  isNumber: () => ({ type: 'number' }),
  isInt: () => ({ type: 'integer' }),
  isBoolean: () => ({ type: 'boolean' }),
  isArray: () => ({ type: 'array' }),
  isObject: () => ({ type: 'object' }),
  isNotEmptyObject: () => ({ type: 'object', minProperties: 1 }),
  isDate: text({ format: 'date-time' }),
  minDate: text({ format: 'date-time' }),
  maxDate: text({ format: 'date-time' }),

  min: ([limit]) => ({ type: 'number', minimum: limit }),
  max: ([limit]) => ({ type: 'number', maximum: limit }),
  isPositive: () => ({ type: 'number', exclusiveMinimum: 0 }),
  isNegative: () => ({ type: 'number', exclusiveMaximum: 0 }),
  isDivisibleBy: ([divisor]) => ({ type: 'number', multipleOf: divisor }),

  minLength: ([limit]) => ({ type: 'string', minLength: limit }),
  maxLength: ([limit]) => ({ type: 'string', maxLength: limit }),
  isLength: ([least, most]) => ({
    type: 'string',
    minLength: least,
    ...(typeof most === 'number' && { maxLength: most }),
  }),
  matches: ([pattern, modifiers]) => ({ type: 'string', ...patternOf(pattern, modifiers) }),
  contains: ([part]) => ({ type: 'string', pattern: escaped(String(part)) }),

  isEmail: text({ format: 'email' }),
  isUuid: text({ format: 'uuid' }),
  isUrl: text({ format: 'uri' }),
  isFqdn: text({ format: 'hostname' }),
  isRFC3339: text({ format: 'date-time' }),
  isMongoId: text({ pattern: '^[0-9a-fA-F]{24}$' }),
  isBase64: text({ contentEncoding: 'base64' }),
  isJson: text({ contentMediaType: 'application/json' }),
  isIp: ([version]) => ({
    type: 'string',
    ...(String(version) === '4' && { format: 'ipv4' }),
    ...(String(version) === '6' && { format: 'ipv6' }),
  }),

  isIn: ([values]) => ({ enum: values }),
  isEnum: ([, values]) => ({ enum: values }),
  isNotIn: ([values]) => ({ not: { enum: values } }),
  equals: ([value]) => ({ const: value }),
  notEquals: ([value]) => ({ not: { const: value } }),
  isNotEmpty: () => ({ not: { enum: ['', null] } }),

  arrayMinSize: ([limit]) => ({ type: 'array', minItems: limit }),
  arrayMaxSize: ([limit]) => ({ type: 'array', maxItems: limit }),
  arrayNotEmpty: () => ({ type: 'array', minItems: 1 }),
  arrayUnique: () => ({ type: 'array' }),
  arrayContains: ([values]) => ({
    type: 'array',
    allOf: (values as unknown[]).map((value) => ({ contains: { const: value } })),
  }),
};

/** Rules that take strings only and say nothing else that JSON Schema knows. */
const STRINGS: ReadonlySet<string> = new Set(
  (
    'isAlpha isAlphanumeric isAscii isBIC isBase32 isBase58 isBooleanString isBtcAddress isByteLength isCreditCard ' +
    'isCurrency isDataURI isDateString isDecimal isEAN isEthereumAddress isFullWidth isHSL isHalfWidth isHash ' +
    'isHexColor isHexadecimal isIBAN isISIN isISO31661Alpha2 isISO31661Alpha3 isISO4217CurrencyCode isISO6391 isISRC ' +
    'isISSN isIdentityCard isIsbn isIsin isIso8601 isJwt isLocale isLowercase isMacAddress isMagnetURI ' +
    'isMilitaryTime isMimeType isMobilePhone isMultibyte isNumberString isOctal isPassportNumber isPhoneNumber ' +
    'isPostalCode isRgbColor isSemVer isStrongPassword isSurrogatePair isTaxId isTimeZone isUppercase ' +
    'isVariableWidth notContains isPort isLatLong'
  ).split(' '),
);

/** What the rule says, of a value or, with `each`, of one item. */
export function translate(rule: Rule, name: string): JsonSchema {
  if (STRINGS.has(name)) return string([]);
  const translation = TRANSLATIONS[name];
  return translation ? translation((rule.constraints as readonly unknown[] | undefined) ?? []) : {};
}

function patternOf(pattern: unknown, modifiers: unknown): JsonSchema {
  if (typeof pattern === 'string') return modifiers ? {} : { pattern };
  // JSON Schema's patterns have the u flag and no other.
  return pattern instanceof RegExp && /^[gu]*$/.test(pattern.flags) ? { pattern: pattern.source } : {};
}

function escaped(part: string): string {
  return part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
