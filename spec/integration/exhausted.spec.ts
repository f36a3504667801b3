import { execFile } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { AtomService } from '../../lib/decorators/atom-service.js';
import { OnRequest } from '../../lib/decorators/on-request.js';
import { eventually } from '../support/eventually.js';
import { endPrograms, ownNetwork, Program } from '../support/process.js';
import { Applications, moduleOf } from './support.js';

const run = promisify(execFile);
const HOG = '@test/hog';

@AtomService('@test/echo')
class Echo {
  @OnRequest({ accepts: 'any' })
  echo(n: number): number {
    return n;
  }
}

(process.platform === 'linux' ? describe : describe.skip)('a process that has run out', function () {
  this.timeout(60_000);
  const apps = new Applications().closeAfterEach();
  let env: NodeJS.ProcessEnv;
  beforeEach(() => (env = ownNetwork()));
  afterEach(endPrograms);
  const options = () => ({ discovery: { multicast: env.ATOM_MULTICAST!, nucleus: 'off' } });
  const client = async () => {
    const made = await apps.client(options());
    await made.waitFor(HOG, { timeout: 10_000 });
    return made;
  };

  it('of descriptors goes on with those whom it knows, and takes and finds others once it has some again', async () => {
    const hog = new Program('spec/integration/programs/hog.js', { env });
    const first = await client();
    await run('prlimit', ['--pid', `${hog.pid}`, '--nofile=256:256']);
    expect(await first.request(HOG, 'take-all')).to.equal('EMFILE');
    // Those who come now can hardly be accepted, nor connected to: one that closes something may leave room for one.
    await apps.listen(moduleOf([Echo]), options());
    const late = await apps.client(options());
    await late.request(HOG, 'log', 1, { timeout: 1000 }).catch(() => undefined);
    await first.request(HOG, 'ask', '@test/echo').catch(() => undefined);
    for (let n = 0; n < 100; n++) expect(await first.request(HOG, 'log', 1)).to.equal('logged');
    expect(await first.request(HOG, 'give-back')).to.be.greaterThan(100);
    await eventually(async () => (await late.request(HOG, 'log', 1, { timeout: 500 })) === 'logged', {
      within: 15_000,
    });
    await eventually(async () => (await first.request(HOG, 'ask', '@test/echo')) === 1, { within: 15_000 });
    hog.signal('SIGTERM');
    expect(await hog.ended, hog.describe()).to.include({ code: 0 });
  });

  it('of disk space for its log goes on without one', async () => {
    expect(existsSync('/dev/full')).to.equal(true);
    const output = openSync('/dev/full', 'w');
    const hog = new Program('spec/integration/programs/hog.js', { env, output });
    closeSync(output);
    const caller = await client();
    for (let n = 0; n < 20; n++) expect(await caller.request(HOG, 'log', 500)).to.equal('logged');
    hog.signal('SIGTERM');
    expect(await hog.ended, hog.describe()).to.include({ code: 0 });
    expect(hog.errors).to.equal('');
  });
});
