import { expect } from 'chai';
import fc from 'fast-check';
import { arrange, place, type Places } from '../../../../nucleus/dashboard/page/graph-layout.js';

const CELL = { width: 100, height: 40 };
const arrow = (text: string): { from: string; to: string } => {
  const [from = '', to = ''] = text.split('>');
  return { from, to };
};

function expectApart(places: Places): void {
  const points = [...places.values()];
  points.forEach((a, n) =>
    points.slice(n + 1).forEach((b) => {
      expect(Math.abs(a.x - b.x) >= CELL.width || Math.abs(a.y - b.y) >= CELL.height, 'apart').to.equal(true);
    }),
  );
}

describe('the places of the graph', () => {
  it('go from callers on the left to what they call, whatever the order they are told in', () => {
    const names = ['web', 'orders', 'stock', 'mail'];
    const arrows = ['web>orders', 'orders>stock', 'orders>mail', 'mail>web'].map(arrow);
    const { places } = arrange(names, arrows, CELL);
    const x = (name: string): number => places.get(name)!.x;
    expect(x('web')).to.be.below(x('orders'));
    expect(x('orders')).to.be.below(x('stock'));
    expect(x('stock')).to.equal(x('mail'));
    expect(arrange([...names].reverse(), arrows, CELL).places).to.deep.equal(places);
  });

  it('stay when the mesh changes a little: only what is new is put beside what it talks to', () => {
    const names = ['a', 'b', 'c', 'd'];
    const before = arrange(names, ['a>b', 'b>c', 'b>d'].map(arrow), CELL);
    const after = place(before, [...names, 'e'], ['a>b', 'b>c', 'b>d', 'b>e'].map(arrow), CELL);
    for (const name of names) expect(after.places.get(name)).to.deep.equal(before.places.get(name));
    expect(after.places.get('e')!.x).to.equal(before.places.get('c')!.x);
    expectApart(after.places);
    expect(place(after, ['a', 'b'], [], CELL)).to.equal(after);
  });

  it('are all new when the mesh has grown by a third, in services or in arrows', () => {
    const names = ['a', 'b', 'c'];
    const few = arrange(['a'], [], CELL);
    const more = place(few, names, [], CELL);
    expect(more.places.size).to.equal(3);
    const joined = place(more, names, ['b>c', 'c>a'].map(arrow), CELL);
    expect(names.map((name) => joined.places.get(name)!.x)).to.deep.equal([200, 0, 100]);
  });

  it('never cover one another, with any arrows, circles as well', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 70 });
    const mesh = names.chain((list) =>
      fc.record({
        list: fc.constant(list),
        arrows: fc.array(fc.record({ from: fc.constantFrom(...list), to: fc.constantFrom(...list) }), {
          maxLength: 120,
        }),
        later: fc.uniqueArray(fc.stringMatching(/^[a-z]{4}$/), { maxLength: 5 }),
      }),
    );
    fc.assert(
      fc.property(mesh, ({ list, arrows, later }) => {
        const layout = arrange(list, arrows, CELL);
        expect([...layout.places.keys()]).to.have.members(list);
        expectApart(layout.places);
        expectApart(place(layout, [...list, ...later], arrows, CELL).places);
      }),
    );
  });
});
