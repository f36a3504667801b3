import { expect } from 'chai';
import { decodeBatch } from '../../../lib/wire/codec.js';
import { framesOf, goldens, readAs, TYPES } from './support.js';

/** These bytes are what version 1 is: they never change, or old and new instances no longer understand each other. */
describe('golden bytes of wire version 1', () => {
  it('are kept of every message', () => {
    expect(goldens().map(({ name }) => name)).to.include.members([...TYPES]);
  });

  for (const { name, batch, text } of goldens()) {
    it(`${name}: encoding gives exactly them`, () => {
      expect(framesOf(batch).map(String)).to.deep.equal([text]);
    });

    it(`${name}: decoding them gives the message back`, () => {
      expect(decodeBatch([Buffer.from(text)])).to.deep.equal(readAs(batch, text));
    });
  }
});
