import { expect } from 'chai';
import fc from 'fast-check';
import { IdMap } from '../../../lib/runtime/id-map.js';

describe('IdMap', () => {
  it('does what a Map does, whatever the ids', () => {
    const id = fc.oneof(fc.nat(40), fc.nat(100_000), fc.constantFrom(0, 16, 16_384, 32_768, 2 ** 53 - 1));
    const step = fc.record({ what: fc.constantFrom('set', 'set', 'delete', 'get', 'clear'), id });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const map = new IdMap<string>();
        const model = new Map<number, string>();
        for (const [at, { what, id }] of steps.entries()) {
          if (what === 'set') {
            map.set(id, `${at}`);
            model.set(id, `${at}`);
          } else if (what === 'delete') expect(map.delete(id)).to.equal(model.delete(id));
          else if (what === 'clear' && at % 7 === 0) {
            map.clear();
            model.clear();
          }
          expect(map.get(id)).to.equal(model.get(id));
          expect(map.size).to.equal(model.size);
        }
        expect(map.list()).to.have.members([...model.values()]);
      }),
    );
  });

  it('keeps one that stays while many come and go', () => {
    const map = new IdMap<number>();
    for (let id = 0; id < 100_000; id++) {
      map.set(id, id);
      if (id >= 500 && id - 500 !== 7) expect(map.delete(id - 500)).to.equal(true);
    }
    expect(map.get(7)).to.equal(7);
    expect(map.size).to.equal(501);
  });

  it('finds ids that all share a slot', () => {
    const map = new IdMap<number>();
    const ids = Array.from({ length: 50 }, (_, n) => n * 16_384);
    for (const id of ids) map.set(id, id);
    expect(map.list().sort((a, b) => a - b)).to.deep.equal(ids);
    map.delete(0);
    map.set(16_384, -1);
    expect(map.get(16_384)).to.equal(-1);
    expect(map.size).to.equal(49);
    for (const id of ids.slice(1)) expect(map.delete(id)).to.equal(true);
    expect(map.size).to.equal(0);
    expect(map.list()).to.be.empty;
  });
});
