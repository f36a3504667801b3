import { expect } from 'chai';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonFiles } from '../../nucleus/cli/daemon-files.js';
import type { DaemonStatus } from '../../nucleus/cli/daemon-status.js';
import { processMark } from '../../nucleus/process-mark.js';
import { ask } from '../support/nucleus-http.js';
import { endPrograms, ownNetwork, Program } from '../support/process.js';

describe('atom start, stop and status', function () {
  this.timeout(60_000);
  let home: string;
  let files: DaemonFiles;
  let env: NodeJS.ProcessEnv;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'atom-home-'));
    files = new DaemonFiles({ ATOM_HOME: home });
    env = { ...ownNetwork(), ATOM_HOME: home, ATOM_ENV: 'commands', PATH: '/nowhere' };
  });
  afterEach(async () => {
    await atom('stop');
    await endPrograms();
    rmSync(home, { recursive: true, force: true });
  });

  /** Runs `atom` to its end. */
  const atom = async (
    ...args: string[]
  ): Promise<{ code: number | null; output: string; errors: string }> => {
    const program = new Program('nucleus/cli/main.js', { args, env });
    const { code } = await program.ended;
    return { code, output: program.output, errors: program.errors };
  };
  const start = (...args: string[]) => atom('start', '--port', '0', '--http-port', '0', ...args);

  it('start it in the background, tell of it, and end it', async () => {
    expect((await atom('status')).code).to.equal(3);
    const started = await start();
    expect(started.code, started.errors).to.equal(0);
    expect(started.output)
      .to.match(/registry +memory/)
      .and.to.match(/dashboard +http:\/\/127\.0\.0\.1:\d+\/#token=\w+/);

    const rows = (await atom('status')).output.split('\n').filter((line) => line.startsWith('registry'));
    expect(rows).to.have.length(1);
    expect(rows[0]).to.match(/^registry +memory.*, up$/);

    const { code, output } = await atom('status', '--json');
    expect(code).to.equal(0);
    const status = JSON.parse(output) as DaemonStatus;
    if (!status.running) throw new Error(output);
    expect(status).to.include({ environment: 'commands', pid: files.running()?.pid, log: files.log });
    expect(status.registryEndpoint).to.match(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    expect(status.health).to.include({ pid: status.pid, registry: status.registry });
    expect(statSync(files.token).mode & 0o777).to.equal(0o600);
    expect(status.dashboard).to.equal(`${status.address}/#token=${files.readToken()}`);

    const again = await start();
    expect(again.code).to.equal(1);
    expect(again.errors).to.include(`pid ${status.pid}`).and.to.include('atom stop');
    const foreground = await start('--foreground');
    expect(foreground.code).to.equal(1);
    expect(foreground.errors).to.include('runs already');

    expect((await atom('stop')).code).to.equal(0);
    expect(processMark(status.pid), 'it has ended').to.equal(undefined);
    expect((await atom('status')).output).to.equal('No nucleus runs.\n');
    expect((await atom('stop')).code).to.equal(3);
    expect(readFileSync(files.log, 'utf8')).to.include('the nucleus runs').and.to.include('the nucleus ends');
  });

  it('do not take another process for it, that has its pid now', async () => {
    files.prepare();
    const note = { pid: process.pid, mark: 'of another start', startedAt: 1, environment: 'commands' };
    writeFileSync(files.note, JSON.stringify(note));
    expect((await atom('status')).code).to.equal(3);
    expect((await atom('stop')).code).to.equal(3);
    const { code, errors } = await start();
    expect(code, errors).to.equal(0);
    expect(files.running()?.pid).not.to.equal(process.pid);
  });

  it('say where the files cannot be kept, why, and how to mend it', async () => {
    const file = join(home, 'a file');
    writeFileSync(file, '');
    env.ATOM_HOME = join(file, 'below');
    for (const how of [[], ['--foreground']]) {
      const { code, errors } = await start(...how);
      expect(code, errors).to.equal(1);
      expect(errors)
        .to.include(env.ATOM_HOME)
        .and.to.include('ENOTDIR')
        .and.to.include('give a folder that you may write: ATOM_HOME')
        .and.not.to.match(/^ +at /m);
    }
  });

  it('take a pid file that was cut off for none', async () => {
    files.prepare();
    writeFileSync(files.note, '{"pid":');
    expect((await start()).code).to.equal(0);
  });

  it('let one of many that start at the same time win', async () => {
    const starts = await Promise.all([1, 2, 3, 4].map(() => start()));
    expect(starts.map(({ code }) => code).sort()).to.deep.equal([0, 1, 1, 1]);
    for (const { code, errors } of starts) if (code === 1) expect(errors).to.include('runs already');
  });

  it('say which port is taken, and leave nothing behind', async () => {
    const server: Server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      for (const args of [
        ['--port', `${port}`, '--http-port', '0'],
        ['--port', '0', '--http-port', `${port}`],
      ]) {
        const { code, errors } = await atom('start', ...args);
        expect(code).to.equal(1);
        expect(errors).to.include(`${port}`).and.to.include(files.log);
        expect(files.running()).to.equal(undefined);
      }
    } finally {
      server.close();
    }
  });

  it('refuse an interface that others reach, unless told to, with the mend', async () => {
    const { code, errors } = await start('--bind', '0.0.0.0');
    expect(code).to.equal(2);
    expect(errors).to.include('0.0.0.0').and.to.include('insecure');
    const told = await start('--bind', '0.0.0.0', '--insecure');
    expect(told.code, told.errors).to.equal(0);
    expect(files.running()?.registryEndpoint).to.match(/^tcp:\/\/0\.0\.0\.0:\d+$/);
  });

  it('let it be reached over HTTP by the names that are given', async () => {
    const wrong = await start('--http-host', 'nucleus.lan:7994');
    expect(wrong.code).to.equal(2);
    expect(wrong.errors).to.include("'nucleus.lan:7994'").and.to.include('without a port');
    expect((await start('--http-host', 'Nucleus.lan, 2001:DB8:0::1')).code).to.equal(0);
    const port = Number(new URL(files.running()?.address ?? '').port);
    const statusFor = async (host: string): Promise<number> =>
      (await ask(port, '/health', { headers: { host } })).status;
    expect(await statusFor('nucleus.lan:7994')).to.equal(200);
    expect(await statusFor('[2001:db8::1]')).to.equal(200);
    expect(await statusFor('other.lan')).to.equal(403);
  });

  it('stay in the foreground on request, and end with 0 by SIGTERM', async () => {
    const args = ['start', '--foreground', '--port', '0', '--http-port', '0'];
    const program = new Program('nucleus/cli/main.js', { args, env });
    await program.line(/the nucleus runs/);
    program.signal('SIGTERM');
    expect(await program.ended).to.deep.equal({ code: 0, signal: null });
    expect(files.running()).to.equal(undefined);
  });

  it('make a token of its own readable by its user only, whatever the file was like', async () => {
    files.prepare();
    writeFileSync(files.token, 'too short');
    chmodSync(files.token, 0o644);
    expect((await start()).code).to.equal(0);
    expect(files.readToken()).to.match(/^[0-9a-f]{48}$/);
    expect(statSync(files.token).mode & 0o777).to.equal(0o600);
  });
});
