import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AtomFactory } from 'atomjs';
import type { Report } from './messages.js';

const handled: number[] = [];

/** Starts a worker; resolves once it listens and this process knows it. */
async function start(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'worker.js'));
  const listening = new Promise<string>((resolve) =>
    child.on('message', (report: Report) => {
      if (report.type === 'listening') resolve(report.instance);
      else handled.push(...report.handled);
    }),
  );
  const instance = await listening;
  const isKnown = () =>
    client.services().some(({ instances }) => instances.some(({ id }) => id === instance));
  while (!isKnown()) await sleep(5);
  return child;
}

/** Ends a worker as a deployment does; gives its exit code. */
async function stop(child: ChildProcess): Promise<number> {
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number];
  return code;
}

const client = await AtomFactory.createClient({ logLevel: 'error' });
const workers: ChildProcess[] = await Promise.all([start(), start(), start()]);
console.log(`${workers.length} workers listen`);

// The load: requests and events, all the time.
let busy = true;
let published = 0;
let dropped = 0;
const answers = { right: 0, failed: 0 };
const asking = (async () => {
  const under: Promise<void>[] = [];
  for (let n = 0; busy; n++) {
    const right = (answer: number) => void (answer === 2 * n ? answers.right++ : answers.failed++);
    under.push(
      client.request<number>('@samples/worker', 'double', n).then(right, () => void answers.failed++),
    );
    await sleep(1);
  }
  await Promise.all(under);
})();
const publishing = (async () => {
  while (busy) {
    const { instances } = await client.publish('job.added', published++);
    if (instances === 0) dropped++;
    await sleep(1);
  }
})();

const codes: number[] = [];
for (const [index, old] of [...workers].entries()) {
  workers[index] = await start();
  await sleep(200);
  codes.push(await stop(old));
  await sleep(200);
}
console.log(`each was replaced while they worked; exit codes ${codes.join(', ')}`);

busy = false;
await Promise.all([asking, publishing]);
await Promise.all(workers.map(stop));
await client.close();

const isOnce = new Set(handled).size === handled.length;
console.log(
  `requests: ${answers.right > 300 ? 'hundreds' : answers.right} answered, ${answers.failed} failed`,
);
console.log(`events: ${published > 300 ? 'hundreds' : published} published, ${dropped} without a taker`);
console.log(`  ${published - handled.length} lost, ${isOnce ? 'none' : 'some'} handled twice`);
