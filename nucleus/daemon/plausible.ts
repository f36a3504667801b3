/*
 * What an instance says of itself is shown to people and added to what others say: what cannot be true, or is too
 * much, is left out. These are the checks that the shapes share.
 */

/** Instances are asked for, and shown with, at most so many services. */
export const MAX_SERVICES = 100;
/** Operations, or subscriptions, of one service that are shown. */
export const MAX_NAMES = 200;

/** `@namespace/name`, at most 255 characters. */
export function isServiceName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 255 && SERVICE.test(value);
}

/** The name of an operation. */
export function isOperationName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 255 && OPERATION.test(value);
}

/** A topic or a pattern of topics. */
export function isTopic(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 255 && TOPIC.test(value);
}

/** A measured amount: no NaN, nothing negative, nothing that breaks a sum. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** The version as text, or `?` when it is none. */
export function versionText(value: unknown): string {
  return typeof value === 'string' && VERSION.test(value) ? value : '?';
}

/** Text of one line, at most 128 characters, without what a terminal obeys. */
export function plainText(text: string): string {
  return text.slice(0, 128).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
}

const SERVICE = /^@[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/;
const OPERATION = /^[A-Za-z0-9_.-]+$/;
const TOPIC = /^[A-Za-z0-9_.*>-]+$/;
const VERSION = /^[\w.+-]{1,64}$/;
