/**
 * What the nucleus costs that watches many instances: `node dist/spec/bench/nucleus.js [instances] [--churn 2000]`
 * starts one as `atom start` does, gives it instances that answer, and prints how long `atom ps` takes, what the nucleus's
 * process holds in memory and how much of a core it uses: once it is idle, and again after others have come and gone.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DaemonFiles } from '../../nucleus/cli/daemon-files.js';
import { EXIT } from '../../nucleus/cli/exit-codes.js';
import type { DaemonHealth } from '../../nucleus/daemon/http-api.js';
import { commandLine, countOf } from '../support/command-line.js';
import { atom, ownMesh } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import type { Crowd, Order } from './instances.js';

const { values: flags, positionals } = commandLine({
  options: { churn: { type: 'string', default: '2000' }, seconds: { type: 'string', default: '30' } },
  allowPositionals: true,
});
const count = countOf('instances', positionals[0] ?? '1000');
const seconds = countOf('--seconds', flags.seconds);
/** How many come and go at a time. */
const WAVE = 100;
/** Idle long enough that what libraries keep for each connection is in use, s. */
const SETTLE = 20;
/** clock ticks a second, as /proc counts them */
const TICKS = 100;

const env: NodeJS.ProcessEnv = { ...ownMesh(), ATOM_NUCLEUS: '' };
const files = new DaemonFiles(env);
const ports = ['--port', `${await freePort()}`, '--http-port', `${await freePort()}`];

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function megabytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

async function psTime(): Promise<number> {
  const times: number[] = [];
  for (let time = 0; time < 5; time++) {
    const began = performance.now();
    const { code, stdout, stderr } = await atom(['ps'], env);
    if (code !== EXIT.OK && code !== EXIT.NOBODY) throw new Error(`atom ps ended with ${code}: ${stderr}`);
    if (!stdout.includes('told by nucleus')) throw new Error(`atom ps did not ask the nucleus: ${stdout}`);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[2]!;
}

async function print(when: string, pid: number): Promise<void> {
  const began = performance.now();
  const before = cpuSeconds(pid);
  await sleep(seconds * 1000);
  const cpu = (100_000 * (cpuSeconds(pid) - before)) / (performance.now() - began);
  const rss = megabytes(pid);
  const ps = await psTime();
  const cells = [`${rss.toFixed(0)} MB`, `${cpu.toFixed(1)} %`, `${ps.toFixed(0)} ms`];
  console.log(when.padEnd(44) + cells.map((cell) => cell.padStart(10)).join(''));
}

let crowd: ChildProcess | undefined;
const say = async (order: Order): Promise<void> => {
  crowd?.send(order);
  await once(crowd!, 'message');
};

try {
  const started = await atom(['start', ...ports], env);
  if (started.code !== 0) throw new Error(started.stderr);
  const { pid, address, registryEndpoint } = files.running()!;
  const known = async (): Promise<number> =>
    ((await (await fetch(`${address}/health`)).json()) as DaemonHealth).instances;
  const until = (instances: number): Promise<true> =>
    eventually(async () => (await known()) === instances, {
      within: 60_000,
      every: 50,
      what: `${instances} known`,
    });

  console.log(
    `${' '.repeat(44)}${['memory', 'of a core', 'atom ps'].map((cell) => cell.padStart(10)).join('')}`,
  );
  await sleep(3000);
  await print('nobody there', pid);
  const told: Crowd = { environment: env.ATOM_ENV!, endpoint: registryEndpoint!, services: 200 };
  crowd = fork(new URL('./instances.js', import.meta.url), [JSON.stringify(told)]);
  await say({ come: count });
  await until(count);
  await sleep(SETTLE * 1000);
  await print(`${count} instances`, pid);
  const churn = countOf('--churn', flags.churn, 0);
  for (let gone = 0; gone < churn; gone += WAVE) {
    await say({ come: WAVE });
    await until(count + WAVE);
    await say({ go: WAVE });
    await until(count);
  }
  if (churn > 0) {
    await sleep(SETTLE * 1000);
    await print(`the same after ${churn} others came and went`, pid);
  }
} finally {
  crowd?.disconnect();
  await atom(['stop'], env);
  rmSync(files.home, { recursive: true, force: true });
}
