import { ATOM_CODES } from '../errors.js';

const OUTCOMES: ReadonlySet<unknown> = new Set(['NOT_SENT', 'REJECTED', 'UNKNOWN', 'FAILED']);
const GOAWAYS: ReadonlySet<unknown> = new Set(['draining', 'leaving', 'unknown']);

/** Error text is cut to this on both sides. */
export const MAX_ERROR_TEXT = 4096;

/** Longest service, operation, topic. */
export const MAX_NAME = 255;

/** Longest key of an event. */
export const MAX_EVENT_KEY = 1024;

/** Most headers of one message. */
export const MAX_HEADERS = 64;

export const isId = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isName = (value: unknown): boolean =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_NAME;
const isOptionalName = (value: unknown): boolean =>
  value === undefined || (typeof value === 'string' && value.length <= MAX_NAME);
const isOptionalId = (value: unknown): boolean => value === undefined || isId(value);
const isOptionalVersion = (value: unknown): boolean =>
  value === undefined || (Number.isSafeInteger(value) && (value as number) >= 1);

function isKey(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_EVENT_KEY;
}

function isOptionalHeaders(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  let count = 0;
  for (const key of Object.keys(value)) {
    if (typeof (value as Record<string, unknown>)[key] !== 'string') return false;
    if (key === '__proto__' || ++count > MAX_HEADERS) return false;
  }
  return true;
}

/** What `Call` asks for. */
function isCall(e: Record<string, unknown>): boolean {
  return (
    isId(e.i) &&
    isName(e.s) &&
    Number.isFinite(e.dl) &&
    isOptionalName(e.by) &&
    isOptionalVersion(e.v) &&
    isOptionalHeaders(e.h)
  );
}

const CHECKS: Readonly<Record<string, (e: Record<string, unknown>) => boolean>> = {
  hello: () => true,
  info: (e) => typeof e.record === 'object' && e.record !== null && !Array.isArray(e.record),
  req: (e) =>
    isCall(e) &&
    isName(e.o) &&
    isOptionalId(e.a) &&
    (e.k === undefined || isName(e.k)) &&
    (e.u === undefined || isName(e.u)),
  res: (e) => isId(e.i) && isOptionalVersion(e.v),
  err: (e) =>
    isId(e.i) &&
    typeof e.c === 'string' &&
    Object.hasOwn(ATOM_CODES, e.c) &&
    OUTCOMES.has(e.o) &&
    typeof e.m === 'string' &&
    e.m.length <= MAX_ERROR_TEXT &&
    (e.r === undefined || typeof e.r === 'boolean'),
  can: (e) => isId(e.i),
  sig: (e) => isCall(e) && isName(e.p),
  acc: (e) => isId(e.i),
  sub: (e) =>
    isId(e.i) &&
    isName(e.p) &&
    isName(e.s) &&
    (e.g === 'group' || e.g === 'broadcast') &&
    isOptionalName(e.from) &&
    isOptionalId(e.n),
  subd: (e) => isId(e.i) && isId(e.n) && isOptionalId(e.l),
  uns: (e) => isId(e.i),
  evt: (e) =>
    isId(e.i) &&
    isId(e.n) &&
    isName(e.p) &&
    isOptionalName(e.by) &&
    isOptionalVersion(e.v) &&
    isOptionalHeaders(e.h) &&
    (e.k === undefined || isKey(e.k)),
  beat: (e) =>
    Array.isArray(e.n) && e.n.every((pair) => Array.isArray(pair) && isId(pair[0]) && isId(pair[1])),
  ping: (e) => isId(e.i),
  pong: (e) => isId(e.i),
  bye: (e) => GOAWAYS.has(e.why),
};

/** What keeps `envelope` from being one of wire version 1; undefined when nothing does. */
export function envelopeProblem(envelope: unknown): string | undefined {
  if (typeof envelope !== 'object' || envelope === null) return 'an envelope is not an object';
  const type = (envelope as { t?: unknown }).t;
  if (typeof type !== 'string' || !Object.hasOwn(CHECKS, type)) return 'an envelope of an unknown type';
  return CHECKS[type]!(envelope as Record<string, unknown>) ? undefined : `a malformed '${type}' envelope`;
}
