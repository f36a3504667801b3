import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { endPrograms, ownNetwork, Program } from '../support/process.js';
import { ROOT } from '../support/tree.js';
import { isRunning } from '../support/is-running.js';

/** A service that says where it is, and on SIGTERM takes a moment to leave a note behind. */
const WORKER = `
const { writeFileSync } = require('node:fs');
const [name] = process.argv.slice(2);
let asked = 0;
process.on('SIGTERM', () => {
  asked++;
  setTimeout(() => { writeFileSync(name + '.left', String(asked)); process.exit(0); }, 300);
});
setInterval(() => undefined, 1000);
// Who reads it may be killed before all of it is written.
process.stdout.on('error', () => undefined);
console.log('at work ' + process.pid + ' ' + (process.env.COLOUR ?? ''));
process.stdout.write('unfinished');
`;
/** Fails twice, then runs. */
const FLAKY = `
const { appendFileSync, readFileSync } = require('node:fs');
appendFileSync('flaky.runs', 'x');
if (readFileSync('flaky.runs').length < 3) process.exit(7);
console.log('steady');
setInterval(() => undefined, 1000);
`;

describe('atom startenv', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'atom-env-'));
    writeFileSync(join(folder, 'worker.cjs'), WORKER);
    writeFileSync(join(folder, 'flaky.cjs'), FLAKY);
  });
  afterEach(async () => {
    await endPrograms();
    rmSync(folder, { recursive: true, force: true });
  });

  function startenv(config: string | object, ...args: string[]): Program {
    const file = join(folder, 'env.yaml');
    writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
    return new Program('nucleus/cli/main.js', { args: ['startenv', file, ...args], env: ownNetwork() });
  }

  /** The process ids that workers told, in order of their lines. */
  const pids = ({ output }: Program): number[] =>
    [...output.matchAll(/at work (\d+)/g)].map(([, pid]) => Number(pid));
  const left = (name: string): string => readFileSync(join(folder, `${name}.left`), 'utf8');

  it('starts all instances, names each line, and ends them in order by SIGTERM', async () => {
    const program = startenv({
      environment: { COLOUR: 'red' },
      services: {
        orders: { command: ['node', 'worker.cjs', 'orders'], instances: 2, environment: { COLOUR: 'blue' } },
        stock: { command: 'node worker.cjs stock' },
        behind: { command: 'node worker.cjs behind; echo not reached' },
      },
    });
    await eventually(() => pids(program).length === 4, { within: 15_000 });
    program.signal('SIGTERM');
    expect(await program.ended, program.describe()).to.deep.equal({ code: 0, signal: null });
    const shown = program.lines.map((line) => line.replace(/\d{2,}/, 'PID')).sort();
    expect(shown).to.deep.equal([
      'behind   | at work PID red',
      'behind   | unfinished',
      'orders.1 | at work PID blue',
      'orders.1 | unfinished',
      'orders.2 | at work PID blue',
      'orders.2 | unfinished',
      'stock    | at work PID red',
      'stock    | unfinished',
    ]);
    for (const name of ['orders', 'stock', 'behind'])
      expect(left(name), `${name} was asked once`).to.equal('1');
    expect(pids(program).filter(isRunning)).to.deep.equal([]);
    expect(program.errors).to.match(/SIGTERM: ending what runs.*\n[^]*all have ended\n$/);
  });

  it('starts again what failed, and tells by its exit code that one failed for good', async () => {
    const program = startenv({
      services: {
        flaky: { command: ['node', 'flaky.cjs'] },
        broken: { command: ['node', '-e', 'process.exit(3)'], restarts: 'never' },
        done: { command: ['node', '-e', ''] },
      },
    });
    await program.line(/^flaky +\| steady$/);
    expect(program.errors).to.match(/flaky +\| failed with code 7 .*; starts again in 0.5 s/);
    expect(program.errors).to.match(/flaky +\| failed with code 7 .*; starts again in 1 s/);
    expect(program.errors).to.match(/broken \| failed with code 3 .*, and stays down/);
    program.signal('SIGINT');
    expect(await program.ended, program.describe()).to.deep.equal({ code: 1, signal: null });
    expect(program.errors).to.match(/failed: broken\n$/);
  });

  it('ends by itself when all services have', async () => {
    const program = startenv({ services: { one: { command: 'echo 1' }, two: { command: 'echo 2' } } });
    expect(await program.ended).to.deep.equal({ code: 0, signal: null });
    expect(program.lines.sort()).to.deep.equal(['one  | 1', 'two  | 2']);
  });

  it('kills what does not end in time, and everything at a second Ctrl-C', async () => {
    const deaf = `process.on('SIGTERM', () => console.log('no')); setInterval(() => 0, 1000); console.log('at work ' + process.pid)`;
    const config = { services: { deaf: { command: ['node', '-e', deaf] } } };
    const first = startenv(config, '--timeout', '500');
    await first.line(/at work/);
    first.signal('SIGINT');
    expect(await first.ended).to.deep.equal({ code: 0, signal: null });
    expect(first.errors).to.match(/deaf \| did not end within 0.5 s and was killed/);

    const second = startenv(config);
    await second.line(/at work/);
    second.signal('SIGINT');
    await second.line(/no$/);
    second.signal('SIGINT');
    expect(await second.ended).to.deep.equal({ code: 130, signal: null });
    await eventually(() => ![...pids(first), ...pids(second)].some(isRunning));
  });

  for (const whole of [false, true]) {
    it(`leaves nothing behind when it is killed${whole ? ' with its process group' : ''}`, async () => {
      const file = join(folder, 'env.yaml');
      writeFileSync(file, 'services: { a: { command: node worker.cjs a; true } }');
      const main = join(ROOT, 'dist/nucleus/cli/main.js');
      const child = spawn(process.execPath, [main, 'startenv', file, '--timeout', '15000'], {
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const pid = Number((await eventually(() => /at work (\d+)/.exec(output) ?? false))[1]);
      process.kill(whole ? -child.pid! : child.pid!, 'SIGKILL');
      await eventually(() => !isRunning(pid), { within: 20_000 });
      expect(left('a'), 'it could leave in order').to.equal('1');
    });
  }

  it('says what it would start, and starts nothing', async () => {
    const config = {
      services: { a: { command: 'touch started' }, b: { command: 'touch started', instances: 2 } },
    };
    const table = startenv(config, '--dry-run', '--only', 'b');
    expect(await table.ended).to.deep.equal({ code: 0, signal: null });
    expect(table.lines).to.have.lengthOf(2);
    expect(table.lines[1]).to.match(/^b +2 +on-failure .* touch started$/);
    const data = startenv(config, '--dry-run', '--json');
    await data.ended;
    expect((JSON.parse(data.output) as { name: string }[]).map(({ name }) => name)).to.deep.equal(['a', 'b']);
    expect(existsSync(join(folder, 'started'))).to.equal(false);
  });

  it('refuses a wrong file with every problem, and a service that is not in it', async () => {
    const wrong = startenv('services:\n  a: { comand: x }\n  b: { restarts: never }');
    expect(await wrong.ended).to.deep.equal({ code: 2, signal: null });
    expect(wrong.errors).to.match(
      /env\.yaml:2:8: services\.a\.comand is unknown \(did you mean 'command'\?\)/,
    );
    expect(wrong.errors).to.match(/env\.yaml:3:3: services\.b has neither/);
    const unknown = startenv({ services: { stock: { command: 'x' } } }, '--only', 'stok');
    expect(await unknown.ended).to.deep.equal({ code: 2, signal: null });
    expect(unknown.errors).to.match(/no service 'stok' in the file \(did you mean 'stock'\?\)/);
  });
});
