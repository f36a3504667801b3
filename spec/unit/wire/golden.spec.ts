import { expect } from 'chai';
import { decodeBatch } from '../../../lib/wire/codec.js';
import { framesOf, goldens, TYPES } from './support.js';

/** These bytes are what version 1 is: they never change, or old and new instances no longer understand each other. */
describe('golden bytes of wire version 1', () => {
  it('are kept of every message', () => {
    expect(goldens().map(({ name }) => name)).to.include.members([...TYPES]);
  });

  for (const { name, batch, header, body } of goldens()) {
    it(`${name}: encoding gives exactly them`, () => {
      expect(framesOf(batch).map((frame) => frame.toString('hex'))).to.deep.equal([header, body]);
    });

    it(`${name}: decoding them gives the message back`, () => {
      const frames = [Buffer.from(header, 'hex'), Buffer.from(body, 'hex')];
      expect(decodeBatch(frames)).to.deep.equal(batch);
    });
  }
});
