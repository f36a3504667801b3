import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DiagnoseReport } from '../../nucleus/cli/diagnose/report.js';
import { endPrograms, ownNetwork, Program } from '../support/process.js';

describe('atom diagnose', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'atom-diagnose-'))));
  afterEach(async () => {
    await endPrograms();
    rmSync(folder, { recursive: true, force: true });
  });

  const diagnose = async (env: NodeJS.ProcessEnv, ...args: string[]): Promise<Program> => {
    const program = new Program('nucleus/cli/main.js', {
      args: ['diagnose', ...args],
      env: { ...ownNetwork(), ATOM_NUCLEUS: 'off', ...env },
    });
    await program.ended;
    return program;
  };

  it('says that nothing is wrong, and ends with 0', async () => {
    const program = await diagnose({});
    expect(await program.ended, program.describe()).to.deep.equal({ code: 0, signal: null });
    expect(program.lines[0]).to.match(/^node +ok +Node v/);
    expect(program.output).to.not.match(/ problem /);
    expect(program.errors).to.equal('');
  });

  it('gives each finding with its level and mend as data, and ends with 1 when there is a problem', async () => {
    const program = await diagnose({ ATOM_REDIS_URL: 'redis://127.0.0.1:1', ATOM_SEED: 'x' }, '--json');
    expect(await program.ended, program.describe()).to.deep.equal({ code: 1, signal: null });
    const { problems, findings } = JSON.parse(program.output) as DiagnoseReport;
    expect(problems).to.equal(1);
    const redis = findings.find(({ check }) => check === 'redis');
    expect(redis?.level).to.equal('problem');
    expect(redis?.mend).to.match(/ATOM_REDIS_URL/);
    const meant = findings.find(({ check, level }) => check === 'variables' && level === 'warning');
    expect(meant?.message).to.match(/did you mean 'ATOM_SEEDS'/);
    for (const { level, mend } of findings) expect(mend !== undefined).to.equal(level !== 'ok');
  });

  it('goes on where the URL of Redis is malformed, and says who could not look', async () => {
    const program = await diagnose({ ATOM_REDIS_URL: 'foo' });
    expect(await program.ended, program.describe()).to.deep.equal({ code: 1, signal: null });
    expect(program.output).to.match(
      /^variables +problem +option 'discovery.redis' \(ATOM_REDIS_URL\) is 'foo': /m,
    );
    expect(program.output).to.match(/^redis +warning +cannot be looked at: ATOM_REDIS_URL is malformed/m);
    expect(program.output).to.match(/^clocks +warning +cannot be looked at: ATOM_REDIS_URL is malformed/m);
    expect(program.output).to.match(/^instances +ok +none .*\(without Redis: its URL is malformed\)$/m);
    expect(program.output).to.not.include('failed itself');
  });

  it('goes on where the native addon does not load, and says so', async () => {
    const preload = join(folder, 'no-addons.cjs');
    const text =
      "require('node:module')._extensions['.node'] = () => { throw new Error('of another machine'); };";
    writeFileSync(preload, text);
    const program = await diagnose({ NODE_OPTIONS: `--require ${preload}` });
    expect(await program.ended, program.describe()).to.deep.equal({ code: 1, signal: null });
    expect(program.output).to.match(/^zeromq +problem +the addon does not work: /m);
    expect(program.output).to.match(/^instances +warning +cannot be looked at: ZeroMQ does not work/m);
    expect(program.output).to.match(/^multicast +ok/m);
  });
});
