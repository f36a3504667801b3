import type { Class, Token } from './definitions.js';

/** A token as messages show it: a class's name, a symbol's, a string in quotes. */
export function tokenName(token: Token): string {
  if (typeof token === 'function') return token.name === '' ? '(anonymous class)' : token.name;
  return typeof token === 'symbol' ? token.toString() : `'${token}'`;
}

/** True for what can be a token at all. */
export function isToken(value: unknown): value is Token {
  return typeof value === 'function' || typeof value === 'symbol' || typeof value === 'string';
}

/** True for a class, false for a plain function. Needs an ES2015 target or later, as all of Node has. */
export function isClass(value: unknown): value is Class {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

/** True for whatever `new` may be used on, functions of old and built-in classes included. */
export function isConstructible(value: unknown): value is Class {
  return typeof value === 'function' && 'prototype' in value;
}
