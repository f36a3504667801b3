import { expect } from 'chai';
import {
  checkPublishOptions,
  checkRequestOptions,
  normalizeHeaders,
} from '../../../lib/client/client-options.js';
import { traced } from '../../../lib/delivery/encode-message.js';
import { AtomError } from '../../../lib/errors.js';
import type { RequestOptions } from '../../../lib/client/client-options.js';
import { createRemote } from '../../../lib/client/remote.js';
import { errorOf } from '../runtime/support.js';

type Called = Record<string, (data?: unknown, options?: RequestOptions) => Promise<unknown>>;

describe('a remote', () => {
  const remote = createRemote('@a/b', async (...call) => call) as Called;

  it('turns each method into a call', async () => {
    expect(await remote.reserve!({ a: 1 }, { timeout: 5 })).to.deep.equal([
      'reserve',
      { a: 1 },
      { timeout: 5 },
    ]);
    expect(remote.reserve).to.equal(remote.reserve);
  });

  it('is no promise, so that it can be returned from async functions', async () => {
    expect(await Promise.resolve(remote)).to.equal(remote);
    expect(JSON.stringify(remote)).to.equal('"[remote @a/b]"');
  });

  it('cannot be changed', () => {
    expect(() => (remote.x = async () => 1)).to.throw(TypeError, "A remote of '@a/b' cannot be changed");
  });
});

describe('options of a call', () => {
  const wrong = (options: object) => errorOf(() => checkRequestOptions(options));

  it('are refused where they do not exist, with a hint', async () => {
    expect(await wrong({ timout: 5 })).to.include({
      code: 'INVALID_ARGUMENT',
      outcome: 'NOT_SENT',
      message: "Unknown request option 'timout' (did you mean 'timeout'?)",
    });
    const publish = await errorOf(() => checkPublishOptions(JSON.parse('{"header":1}') as object));
    expect(publish.message).to.equal("Unknown publish option 'header' (did you mean 'headers'?)");
    expect(() => checkRequestOptions({ timeout: 0, headers: {} })).not.to.throw();
  });

  it('have a timeout that a timer can wait', async () => {
    for (const timeout of [-1, NaN, Infinity, 2 ** 31, '5']) {
      expect((await wrong({ timeout })).message).to.equal(
        `Request option 'timeout' is ${timeout}; give milliseconds, at most 2147483647`,
      );
    }
  });

  it('have headers in lower case, of text only', () => {
    expect(normalizeHeaders({ 'X-A': '1' })).to.deep.equal({ 'x-a': '1' });
    expect(normalizeHeaders(undefined)).to.equal(undefined);
    const numbers = JSON.parse('{"a":1}') as Record<string, string>;
    expect(() => traced(normalizeHeaders(numbers))).to.throw(AtomError, "Header 'a' is not text");
  });
});
