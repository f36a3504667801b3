/**
 * A service that handles durable events, for specs that kill it: `node durable-worker.js`. Prints a line for each
 * event that it begins (`began N KEY TIME`) and that it has handled (`did N KEY TIME`); the time
 * is the machine's monotonic clock, the same for all processes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { AtomFactory, AtomModule, AtomService, OnEvent, type MessageContext } from '../../lib/index.js';

@AtomService('@test/worker')
class Worker {
  @OnEvent('work.todo', { accepts: 'any', durable: true, concurrency: Number(process.env.CONCURRENCY ?? 4) })
  async onTodo({ n, ms = 0 }: { n: number; ms?: number }, { durable }: MessageContext) {
    const tell = (what: string): void =>
      void process.stdout.write(`${what} ${n} ${durable?.key ?? '-'} ${process.hrtime.bigint()}\n`);
    tell('began');
    if (ms > 0) await sleep(ms);
    if (n < 0) throw new Error('a poison');
    tell('did');
  }
}

@AtomModule({ services: [Worker] })
class WorkerModule {}

await AtomFactory.create(WorkerModule, {
  logLevel: 'silent',
  durable: { retryDelay: 20, visibility: 3000 },
}).listen();
process.stdout.write('ready\n');
