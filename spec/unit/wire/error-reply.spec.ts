import { expect } from 'chai';
import { AtomError, type AtomErrorOptions } from '../../../lib/errors.js';
import type { ErrorReply } from '../../../lib/wire/envelope.js';
import { decodeError, encodeError } from '../../../lib/wire/error-reply.js';
import { checkHeaders, checkOperation, isLongerThan } from '../../../lib/wire/limits.js';
import { isDangerousKey, sanitize } from '../../../lib/wire/sanitize.js';
import { envelopeProblem } from '../../../lib/wire/validate.js';

const where = { service: '@a/b', operation: 'x', instance: 'i-1' };

function reply(options: AtomErrorOptions = {}, message = 'no', code: 'ABORTED' | 'INTERNAL' = 'ABORTED') {
  const parsed = JSON.parse(encodeError(3, new AtomError(code, message, options), 'FAILED')) as ErrorReply;
  expect(envelopeProblem(parsed)).to.equal(undefined);
  return parsed;
}

describe('an error on the wire', () => {
  it('arrives as itself, with who said so', () => {
    const error = decodeError(reply({ details: { left: 2 } }), where);
    expect(error).to.be.instanceOf(AtomError);
    expect(error).to.include({
      code: 'ABORTED',
      message: 'no',
      outcome: 'FAILED',
      retryable: true,
      ...where,
    });
    expect(error.details).to.deep.equal({ left: 2 });
  });

  it('carries whether it is retryable only where its code does not say so', () => {
    expect(reply()).not.to.have.property('r');
    expect(reply({ retryable: false })).to.have.property('r', false);
    expect(decodeError(reply({ retryable: false }), where).retryable).to.equal(false);
  });

  it('is cut to 4,096 characters and 20 details', () => {
    expect(reply({}, 'x'.repeat(5000)).m).to.have.length(4096);
    expect(reply({ details: Array.from({ length: 30 }, (_, n) => n) }).x).to.have.length(20);
  });

  it('goes without details that JSON cannot carry, or that are too long', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const details of [circle, 1n, 'x'.repeat(70_000), { toJSON: () => [].at(0)!['x'] }]) {
      expect(reply({ details })).to.not.have.property('x');
      expect(reply({ details }).m).to.equal('no');
    }
  });

  it('loses details that reach for a prototype, or are too deep', () => {
    const x = JSON.parse('{"a":{"__proto__":{"evil":1},"b":2}}') as unknown;
    expect(decodeError({ ...reply(), x }, where).details).to.deep.equal({ a: { b: 2 } });
    const deep = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown;
    expect(decodeError({ ...reply(), x: deep }, where).details).to.equal(undefined);
  });

  it('is no AtomError when its code is only a name that objects have', () => {
    const fake = Object.assign(new Error('x'), { name: 'AtomError', code: 'constructor' });
    expect(AtomError.is(fake)).to.equal(false);
    expect(AtomError.from(fake).code).to.equal('INTERNAL');
  });
});

describe('sanitize', () => {
  it('removes dangerous keys at every depth, in place', () => {
    const value = JSON.parse('{"constructor":1,"a":[{"prototype":2,"__proto__":3,"b":4}]}') as unknown;
    expect(sanitize(value)).to.equal(true);
    expect(JSON.stringify(value)).to.equal('{"a":[{"b":4}]}');
    expect(isDangerousKey('constructors')).to.equal(false);
  });

  it('takes 32 levels and refuses 33', () => {
    const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect(sanitize(nested(32))).to.equal(true);
    expect(sanitize(nested(33))).to.equal(false);
    expect(sanitize(nested(100_000))).to.equal(false);
  });
});

describe('limits of what is sent', () => {
  it('counts bytes, not characters', () => {
    expect(isLongerThan('a'.repeat(10), 10)).to.equal(false);
    expect(isLongerThan('a'.repeat(11), 10)).to.equal(true);
    expect(isLongerThan('€€€', 8)).to.equal(true);
    expect(isLongerThan('€€€', 9)).to.equal(false);
  });

  it('refuses headers that a receiver would take for malformed', () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`h${n}`, '']));
    expect(() => checkHeaders(many)).to.throw(AtomError, '65 headers; 64 is the most');
    expect(() => checkHeaders({ a: 1 })).to.throw(AtomError, "Header 'a' is not text");
    expect(() => checkHeaders({ ['__proto__']: 'x' })).to.throw(AtomError, 'not allowed');
    expect(() => checkHeaders({ a: 'x'.repeat(16_384) })).to.throw(AtomError, 'have 16385 characters');
    expect(() => checkHeaders({ a: 'x' })).not.to.throw();
  });

  it('refuses an operation without a name, or with one that is too long', () => {
    expect(() => checkOperation('')).to.throw(AtomError, 'of 1 to 255 characters, not 0');
    expect(() => checkOperation('x'.repeat(256))).to.throw(AtomError, 'not 256');
    expect(() => checkOperation(undefined)).to.throw(AtomError, 'not undefined');
    expect(() => checkOperation('$stats')).not.to.throw();
  });
});
