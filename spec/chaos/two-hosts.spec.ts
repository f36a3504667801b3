import { expect } from 'chai';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { type Host, twoHosts, type TwoHosts } from '../support/hosts.js';
import { randomMulticast } from '../support/multicast.js';

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

  it('are refused a start without encryption that nobody has asked for, with the mend', async () => {
    const [a] = network.hosts;
    // A loopback address needs no leave: there the address is one of the machine's network.
    const address = a.address.startsWith('127.') ? '192.0.2.1' : a.address;
    const program = start({ address, run: a.run }, 'one', 'two', { ATOM_INSECURE: '' });
    const ended = new Promise((resolve) => program.child.once('exit', resolve));
    expect(await ended).to.equal(1);
    const said = program.lines().join('\n');
    expect(said).to.match(/^refused: /);
    expect(said).to.include(address).and.to.include('insecure: true').and.to.include('ATOM_INSECURE');
  });
});
