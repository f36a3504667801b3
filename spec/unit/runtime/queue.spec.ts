import { expect } from 'chai';
import fc from 'fast-check';
import { Queue } from '../../../lib/runtime/queue.js';

describe('a queue', () => {
  const steps = fc.array(
    fc.oneof({ weight: 3, arbitrary: fc.nat(50) }, fc.constantFrom('shift', 'delete', 'all')),
    {
      maxLength: 300,
    },
  );

  it('gives what it was given, in order, whatever is taken out meanwhile', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const queue = new Queue<number>();
        const like: number[] = [];
        for (const step of all) {
          if (typeof step === 'number') {
            queue.push(step);
            like.push(step);
          } else if (step === 'shift') expect(queue.shift()).to.equal(like.shift());
          else if (step === 'delete') {
            const place = like.indexOf(7);
            expect(queue.delete(7)).to.equal(place >= 0);
            if (place >= 0) like.splice(place, 1);
          } else expect(queue.takeAll()).to.deep.equal(like.splice(0));
          expect(queue.length).to.equal(like.length);
          expect(queue.list()).to.deep.equal(like);
        }
      }),
    );
  });

  it('stays in order where thousands wait and the list is made shorter', () => {
    const queue = new Queue<number>();
    for (let n = 0; n < 5000; n++) queue.push(n);
    for (let n = 0; n < 3000; n++) expect(queue.shift()).to.equal(n);
    queue.push(5000);
    expect(queue.length).to.equal(2001);
    expect(queue.takeAll()).to.deep.equal(Array.from({ length: 2001 }, (_, at) => 3000 + at));
    expect(queue.shift()).to.equal(undefined);
  });
});
