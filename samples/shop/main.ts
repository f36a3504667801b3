import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readArguments } from './arguments.js';
import { Board } from './board.js';
import { startNucleus, stopNucleus } from './nucleus.js';
import type { Report } from './run.js';

/** How long a process may take to end, ms. */
const GRACE = 5000;

const { orders, rate, nucleus } = readArguments();
const board = new Board();
const running = new Map<string, ChildProcess>();
let ending = false;

function start(name: string, args: readonly string[] = []): ChildProcess {
  const program = join(import.meta.dirname, `${name.replace(/-\d+$/, '')}.js`);
  const child = fork(program, args, {
    env: { ...process.env, SHOP_NAME: name },
    detached: true, // Ctrl-C reaches this process only, which ends the others one after another
  });
  running.set(name, child);
  child.on('message', (report: Report) => board.take(name, child.pid!, report));
  child.once('exit', (code, signal) => {
    running.delete(name);
    if (name === 'client') void close();
    else board.ended(name, signal ?? `exit ${code}`);
  });
  return child;
}

async function end(name: string): Promise<void> {
  const child = running.get(name);
  if (child === undefined) return;
  const kill = setTimeout(() => child.kill('SIGKILL'), GRACE);
  child.kill('SIGTERM');
  await once(child, 'exit');
  clearTimeout(kill);
}

/** The customers go first, then everybody else: nobody is left without an answer. */
async function close(): Promise<void> {
  if (ending) return;
  ending = true;
  await end('client');
  board.closing();
  await Promise.all([...running.keys()].map(end));
  if (beside !== undefined) await stopNucleus(await beside);
  const confirmed = board.closed();
  process.exitCode = orders === Infinity || confirmed === orders ? 0 : 1;
}

/** Ports for those who have others on the usual ones, such as `SHOP_NUCLEUS='--port 0 --http-port 0'`. */
function nucleusArguments(): string[] {
  return (process.env.SHOP_NUCLEUS ?? '').split(' ').filter((word) => word !== '');
}

process.once('SIGINT', () => void close());
process.once('SIGTERM', () => void close());

// Nobody waits for it.
const beside = nucleus ? startNucleus(nucleusArguments()) : undefined;
void beside?.then((started) => board.nucleus(started));

const services = ['orders', 'stock-1', 'stock-2', 'payments', 'notifications'];
for (const name of services) start(name);
await board.ready(services);
if (!ending) {
  start('client', ['--orders', `${orders}`, '--rate', `${rate}`]);
}
