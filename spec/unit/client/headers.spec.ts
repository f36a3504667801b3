import { expect } from 'chai';
import { normalizeHeaders } from '../../../lib/client/client-options.js';
import { AtomError } from '../../../lib/errors.js';

describe('headers', () => {
  const problemOf = (headers: Record<string, string>): unknown => {
    try {
      return normalizeHeaders(headers);
    } catch (error) {
      return error;
    }
  };

  it('are refused when a receiver would not take them', () => {
    const many = Object.fromEntries(Array.from({ length: 61 }, (_, at) => [`h${at}`, '']));
    for (const headers of [many, { a: 'x'.repeat(16 * 1024) }]) {
      const problem = problemOf(headers);
      expect(problem).to.be.instanceOf(AtomError).with.property('code', 'INVALID_ARGUMENT');
      expect(problem).to.have.property('outcome', 'NOT_SENT');
    }
  });

  it('are taken up to the limit, their names in lower case', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`H${at}`, 'v']));
    expect(Object.keys(problemOf(many) as object)).to.include('h59');
  });
});
