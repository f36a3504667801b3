/**
 * Makes and closes applications, in pairs of which one calls the other: `node --expose-gc leak-program.js <count>`.
 * Prints, as JSON, what the process held after the first 100 and after the last.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AtomFactory, AtomModule, AtomService, OnRequest, type Application, type AtomOptions } from 'atomjs';

/** What a process holds. */
export interface Held {
  readonly memory: number;
  readonly descriptors: number;
  readonly sockets: number;
  readonly milliseconds: number;
}

@AtomService('@leak/echo')
class EchoService {
  @OnRequest({ accepts: 'any', returns: 'any' })
  echo(data: unknown): unknown {
    return data;
  }
}

@AtomModule({ services: [EchoService] })
class EchoModule {}

@AtomModule({})
class CallerModule {}

const started = performance.now();

function start(module: typeof EchoModule, seeds: readonly string[]): Promise<Application> {
  const options: AtomOptions = {
    logger: false,
    shutdownSignals: false,
    discovery: { multicast: 'off', seeds },
  };
  return AtomFactory.create(module, options).listen();
}

async function pair(): Promise<void> {
  const server = await start(EchoModule, []);
  const caller = await start(CallerModule, [server.status().endpoint]);
  const answer = await caller.client.request('@leak/echo', 'echo', 'hello');
  if (answer !== 'hello') throw new Error(`answered ${String(answer)}`);
  await caller.close();
  await server.close();
}

/** Once nothing is being closed any more. */
async function held(): Promise<Held> {
  const descriptors = (): string[] =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)];
      } catch {
        return []; // the one that reads the folder
      }
    });
  let before = -1;
  while (descriptors().length !== before) {
    before = descriptors().length;
    await sleep(200);
  }
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await sleep(10);
  }
  const open = descriptors();
  return {
    memory: process.memoryUsage().rss,
    descriptors: open.length,
    sockets: open.filter((target) => target.startsWith('socket:')).length,
    milliseconds: Math.round(performance.now() - started),
  };
}

const count = Number(process.argv[2] ?? 1000);
const BATCH = 5;
async function upTo(from: number, to: number): Promise<Held> {
  for (let made = from; made < to; made += 2 * BATCH) {
    await Promise.all(Array.from({ length: BATCH }, pair));
    // What a socket has of the native heap is freed when its object is collected; V8 sees no need for that.
    globalThis.gc?.();
  }
  return held();
}

const after100 = await upTo(0, 100);
const afterAll = await upTo(100, count);
console.log(JSON.stringify({ after100, afterAll }));
