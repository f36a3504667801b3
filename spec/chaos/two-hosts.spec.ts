import { expect } from 'chai';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonFiles } from '../../nucleus/cli/daemon-files.js';
import { eventually } from '../support/eventually.js';
import { type Host, twoHosts, type TwoHosts } from '../support/hosts.js';
import { randomMulticast } from '../support/multicast.js';

const ATOM = join(import.meta.dirname, '../../nucleus/cli/main.js');
const PROGRAM = join(import.meta.dirname, '../support/two-hosts-program.js');

describe('two hosts', function () {
  this.timeout(40_000);
  let network: TwoHosts;
  const running: ChildProcess[] = [];
  before(() => {
    network = twoHosts();
    console.log(`    on ${network.kind}`);
  });
  after(() => network.close());
  afterEach(async () => {
    for (const child of running.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
  });

  const { group, port } = randomMulticast();
  const start = (
    { address, run }: Host,
    own: string,
    other: string,
    env: NodeJS.ProcessEnv,
  ): { child: ChildProcess; lines: () => string[] } => {
    const child = run(process.execPath, [PROGRAM, own, other], {
      ATOM_HOST: address,
      ATOM_MULTICAST: `${group}:${port}`,
      ...env,
    });
    running.push(child);
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return { child, lines: () => output.split('\n').slice(0, -1) };
  };

  it('find, call and hear one another by multicast alone, and end when told', async () => {
    const [a, b] = network.hosts;
    const env = { ATOM_INSECURE: 'true' };
    const first = start(a, 'one', 'two', env);
    const second = start(b, 'two', 'one', env);
    for (const [program, own, other, host] of [
      [first, 'one', 'two', a],
      [second, 'two', 'one', b],
    ] as const) {
      await eventually(
        () =>
          expect(program.lines()).to.include.members([
            `${other} greets ${own}`,
            'published to 1',
            `event of ${other}`,
          ]),
        { within: 15_000 },
      );
      expect(program.lines()[0]).to.match(new RegExp(`^listens on tcp://${host.address}:\\d+$`));
      expect(program.lines()).to.have.length(4);
    }
    for (const { child } of [first, second]) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin?.end();
      expect(await ended).to.equal(0);
    }
  });

  it('find, call and hear one another by a nucleus alone, without multicast and Redis', async () => {
    const [a, b] = network.hosts;
    const home = mkdtempSync(join(tmpdir(), 'atom-home-'));
    const off = { ATOM_MULTICAST: 'off', ATOM_REDIS_URL: '', ATOM_INSECURE: 'true' };
    try {
      const args = ['start', '--foreground', '--bind', a.address, '--port', '0', '--http-port', '0'];
      // Without a PATH it finds no Redis to start.
      const nucleus = a.run('/usr/bin/env', ['PATH=/nowhere', process.execPath, ATOM, ...args], {
        ...off,
        ATOM_HOME: home,
        ATOM_LOG_LEVEL: 'silent',
      });
      running.push(nucleus);
      const files = new DaemonFiles({ ATOM_HOME: home });
      const endpoint = await eventually(() => files.running()?.registryEndpoint ?? false, { within: 15_000 });
      expect(files.running()?.registry).to.match(/^memory/);
      const env = { ...off, ATOM_NUCLEUS: endpoint };
      const first = start(a, 'one', 'two', env);
      const second = start(b, 'two', 'one', env);
      for (const [program, own, other] of [
        [first, 'one', 'two'],
        [second, 'two', 'one'],
      ] as const) {
        const expected = [`${other} greets ${own}`, 'published to 1', `event of ${other}`];
        await eventually(() => expect(program.lines()).to.include.members(expected), { within: 15_000 });
      }
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('are refused a start without encryption that nobody has asked for, with the mend', async () => {
    const [a] = network.hosts;
    // A loopback address needs no leave: there the address is one of the machine's network.
    const address = a.address.startsWith('127.') ? '192.0.2.1' : a.address;
    const program = start({ ...a, address }, 'one', 'two', { ATOM_INSECURE: '' });
    const ended = new Promise((resolve) => program.child.once('exit', resolve));
    expect(await ended).to.equal(1);
    const said = program.lines().join('\n');
    expect(said).to.match(/^refused: /);
    expect(said).to.include(address).and.to.include('insecure: true').and.to.include('ATOM_INSECURE');
  });
});
