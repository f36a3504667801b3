import { closeSync, existsSync, openSync } from 'node:fs';
import { expect } from 'chai';
import { endPrograms, ownNetwork, Program } from '../support/process.js';
import { Applications } from './support.js';

describe('a process whose log has no space left on its disk', function () {
  this.timeout(60_000);
  const apps = new Applications().closeAfterEach();
  afterEach(endPrograms);

  it('goes on without one', async () => {
    expect(existsSync('/dev/full')).to.equal(true);
    const env = ownNetwork();
    const output = openSync('/dev/full', 'w');
    const program = new Program('spec/integration/programs/chatty.js', { env, output });
    closeSync(output);
    const caller = await apps.client({ discovery: { multicast: env.ATOM_MULTICAST!, nucleus: 'off' } });
    await caller.waitFor('@test/chatty', { timeout: 10_000 });
    for (let n = 0; n < 20; n++) {
      expect(await caller.request('@test/chatty', 'log', 500)).to.equal('logged');
    }
    program.signal('SIGTERM');
    expect(await program.ended, program.describe()).to.include({ code: 0 });
    expect(program.errors).to.equal('');
  });
});
