import { expect } from 'chai';
import { endPrograms, Program } from '../support/process.js';

/** What the steps of the program come to. */
const STEPS: readonly (readonly [step: string, result: string])[] = [
  ['nobody there', "Service '@no/pe' not found: it is not available or running"],
  ['waiting in vain', "Waited 50ms for '@no/pe': not available or running"],
  ['no answer', 'Request timeout after 50ms for @test/tested::never'],
  ['a second delivery', 'delivery 2'],
  ['close', 'closed'],
  ['nothing that is closed', 'fine'],
];

describe('a test in a process that nothing else keeps alive', () => {
  afterEach(endPrograms);

  const run = async (step: string): Promise<Program> => {
    const program = new Program('spec/integration/programs/tested.js', { args: [step] });
    expect((await program.ended).code, program.describe()).to.equal(0);
    return program;
  };

  for (const [step, result] of STEPS) {
    it(`comes to its end: ${step}`, async () => {
      expect((await run(step)).lines.at(-1)).to.equal(result);
    });
  }

  it('shows what a handler threw', async () => {
    const { output } = await run('a handler that throws');
    expect(output).to.include('boom here').and.include('"msg":"handler failed"');
  });
});
