/**
 * A service that handles durable events, for specs that kill it: `node durable-worker.js`. Prints a line for each
 * event that it begins (`began N KEY`) and that it has handled (`did N KEY`).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { AtomFactory, AtomModule, AtomService, OnEvent, type MessageContext } from '../../lib/index.js';

@AtomService('@test/worker')
class Worker {
  @OnEvent('work.todo', { accepts: 'any', durable: true, concurrency: Number(process.env.CONCURRENCY ?? 4) })
  async onTodo({ n, ms = 0 }: { n: number; ms?: number }, { durable }: MessageContext) {
    process.stdout.write(`began ${n} ${durable?.key ?? '-'}\n`);
    if (ms > 0) await sleep(ms);
    if (n < 0) throw new Error('a poison');
    process.stdout.write(`did ${n} ${durable?.key ?? '-'}\n`);
  }
}

@AtomModule({ services: [Worker] })
class WorkerModule {}

await AtomFactory.create(WorkerModule, {
  logLevel: 'silent',
  durable: { retryDelay: 20, visibility: 3000 },
}).listen();
process.stdout.write('ready\n');
