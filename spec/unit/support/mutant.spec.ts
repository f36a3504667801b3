import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createMutant } from '../../support/mutant.js';
import { ROOT } from '../../support/tree.js';

const file = 'lib/runtime/lanes.ts';
const find = 'get size(): number {\n    return this.count;';

async function sizeIn(directory: string): Promise<number> {
  const { Lanes } = (await import(join(directory, 'dist/lib/runtime/lanes.js'))) as {
    Lanes: new (concurrency: number) => { size: number };
  };
  return new Lanes(1).size;
}

describe('createMutant', function () {
  it('copies the built project with its mutations in it, and leaves the project as it is', async () => {
    const mutant = createMutant([{ file, find, replace: 'get size(): number {\n    return -7;' }]);
    try {
      expect(await sizeIn(mutant.directory)).to.equal(-7);
      expect(await sizeIn(ROOT)).to.equal(0);
    } finally {
      mutant.dispose();
    }
    expect(existsSync(mutant.directory)).to.equal(false);
  });

  it('refuses a mutation whose text is gone, and one that does not compile', () => {
    expect(() => createMutant([{ file, find: 'no such text', replace: '' }])).to.throw(/occurs 0 times/);
    expect(() => createMutant([{ file, find, replace: 'get size(: {' }])).to.throw(/does not compile/);
  });
});
