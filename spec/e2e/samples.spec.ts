import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { endPrograms, ownNetwork, Program } from '../support/process.js';
import { ROOT } from '../support/tree.js';

/** What a sample's README says that it prints: the indented block after "prints". */
function promised(sample: string): string {
  const readme = readFileSync(join(ROOT, 'samples', sample, 'README.md'), 'utf8');
  const block = /prints\n\n((?: {4}.*\n|\n)+)/.exec(readme)?.[1];
  if (block === undefined) throw new Error(`samples/${sample}/README.md does not say what it prints`);
  return block.replaceAll(/^ {4}/gm, '').trim();
}

describe('samples', () => {
  afterEach(endPrograms);

  for (const sample of [
    'request-reply',
    'events',
    'lexemes',
    'middleware',
    'durable-events',
    'balanced-and-broadcast',
    'rolling-restart',
  ]) {
    it(`${sample} prints what its README says, and ends`, async () => {
      const program = new Program(`samples/${sample}/main.js`, { env: ownNetwork() });
      const { code } = await program.ended;
      expect(program.output.trim(), program.errors).to.equal(promised(sample));
      expect(code).to.equal(0);
      expect(program.errors).to.equal('');
    });
  }

  for (const first of ['cart', 'prices']) {
    it(`two-services find each other when ${first} is first`, async () => {
      const env = ownNetwork();
      const start = (name: string): Program => new Program(`samples/two-services/${name}.js`, { env });
      const one = start(first);
      await one.line(/listening/);
      const other = start(first === 'cart' ? 'prices' : 'cart');
      const [cart, prices] = first === 'cart' ? [one, other] : [other, one];
      expect(await cart.ended).to.deep.equal({ code: 0, signal: null });
      expect(cart.output.trim()).to.equal(promised('two-services'));
      prices.signal('SIGINT');
      expect(await prices.ended).to.deep.equal({ code: 0, signal: null });
    });
  }
});
