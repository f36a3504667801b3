import { expect } from 'chai';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Claim, DaemonFiles, type DaemonNote } from '../../../../nucleus/cli/daemon-files.js';
import { processMark } from '../../../../nucleus/process-mark.js';
import { ROOT } from '../../../support/tree.js';

/** What one writes who is dead since. */
const dead = (startedAt: number): DaemonNote => ({
  pid: process.pid,
  mark: 'of another',
  startedAt,
  environment: 'test',
});

const noteOf = (pid: number): DaemonNote => ({
  pid,
  mark: processMark(pid) ?? '',
  startedAt: 1,
  environment: 'test',
});

/** Lets something happen right after this one has looked whether a nucleus runs. */
class Late extends DaemonFiles {
  meanwhile: () => void = () => undefined;
  override running(): DaemonNote | undefined {
    const seen = super.running();
    this.meanwhile();
    return seen;
  }
}

describe("the note of a nucleus, where a killed one's is left", function () {
  this.timeout(30_000);
  const children: ChildProcess[] = [];
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'atom-home-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });

  it('is replaced by the next', () => {
    const files = new DaemonFiles({ ATOM_HOME: home });
    writeFileSync(files.note, JSON.stringify(dead(0)));
    const own = noteOf(process.pid);
    expect(files.claim(own)).to.deep.equal({ claimed: true });
    expect(files.running()).to.deep.equal(own);
    expect(readdirSync(home)).to.deep.equal(['nucleus.json']);
  });

  it('is replaced where what is left is no note at all', () => {
    const files = new DaemonFiles({ ATOM_HOME: home });
    writeFileSync(files.note, '');
    expect(files.claim(noteOf(process.pid))).to.deep.equal({ claimed: true });
  });

  it('is not taken from one that came between the look and the replacement', async () => {
    const other = spawn('sleep', ['60']);
    children.push(other);
    await once(other, 'spawn');
    const files = new Late({ ATOM_HOME: home });
    writeFileSync(files.note, JSON.stringify(dead(0)));
    const running = noteOf(other.pid!);
    files.meanwhile = () => writeFileSync(files.note, JSON.stringify(running));
    expect(files.claim(noteOf(process.pid))).to.deep.equal({ claimed: false, running });
    expect(JSON.parse(readFileSync(files.note, 'utf8'))).to.deep.equal(running);
  });

  it('is replaced by one only, of many that try at once', async () => {
    const files = new DaemonFiles({ ATOM_HOME: home });
    files.prepare();
    const claimant = resolve(ROOT, 'dist/spec/support/claimant.js');
    for (let each = 0; each < 4; each++) children.push(fork(claimant, { env: { ATOM_HOME: home } }));
    for (let round = 0; round < 40; round++) {
      writeFileSync(files.note, JSON.stringify(dead(round)));
      const answers = Promise.all(
        children.map(async (child) => ((await once(child, 'message')) as [Claim])[0]),
      );
      // All begin at the same moment, or as near to it as the machine can.
      const at = Date.now() + 5;
      for (const child of children) child.send({ claimAt: at });
      const claims = await answers;
      expect(
        claims.filter(({ claimed }) => claimed),
        `round ${round}`,
      ).to.have.length(1);
      const winner = children[claims.findIndex(({ claimed }) => claimed)]!;
      expect(files.running()?.pid).to.equal(winner.pid);
      expect(readdirSync(home)).to.deep.equal(['nucleus.json']);
    }
  });
});
