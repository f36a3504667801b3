/**
 * An instance under test: `node server.js '<ServerOptions as JSON>'`. It notes each execution, event and publication in a
 * file, a line each and at once, so that also one that is killed leaves a whole history:
 *
 *     x ID AT REMAINING    began to execute request ID, with so many ms left
 *     e N AT               handled event N
 *     p ID INSTANCES       published what it did for request ID, to so many instances
 *     k COUNT AT           knew so many other instances from then on that calls may go to
 *
 * Commands on its standard input: `block MS` (its event loop), `ms MS` (how long its handler takes), `listen` (when started with `wait`).
 */
import { openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AtomClient,
  AtomFactory,
  AtomModule,
  AtomService,
  type MessageContext,
  OnEvent,
  OnRequest,
} from 'atomjs';
import { monotonic, onCommand, say } from './common.js';

export interface ServerOptions {
  /** Who it is in the history. */
  readonly name: number;
  /** Where it notes what it does. */
  readonly file: string;
  readonly service?: string;
  /** How long its handler takes, ms. */
  readonly ms?: number;
  readonly concurrency?: number;
  /** Publishes what it did for every so many-th request; none without. */
  readonly publishEvery?: number;
  /** Listens only when it is told. */
  readonly wait?: boolean;
}

const options = JSON.parse(process.argv[2] ?? '') as ServerOptions;
const { name, service = '@chaos/worker', concurrency, publishEvery = 0 } = options;
let { ms = 5 } = options;
const startedAt = Date.now();
const startedOn = monotonic();
/** How often it looks who is there, ms. */
const LOOK = 20;
const notes = openSync(options.file, 'a');
const note = (...words: readonly (string | number)[]): void => void writeSync(notes, `${words.join(' ')}\n`);

@AtomService({ name: service, ...(concurrency === undefined ? {} : { concurrency }) })
class Worker {
  constructor(private readonly client: AtomClient) {}

  @OnRequest({ accepts: 'any', returns: 'any', idempotent: true })
  read(id: number, context: MessageContext): Promise<number> {
    return this.work(id, context);
  }

  @OnRequest({ accepts: 'any', returns: 'any' })
  write(id: number, context: MessageContext): Promise<number> {
    return this.work(id, context);
  }

  @OnEvent('chaos.tick', { accepts: 'any' })
  onTick(n: number): void {
    note('e', n, monotonic());
  }

  private async work(id: number, context: MessageContext): Promise<number> {
    note('x', id, monotonic(), context.remaining());
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (publishEvery > 0 && id % publishEvery === 0) {
      const { instances } = await this.client.publish('chaos.done', id);
      note('p', id, instances);
    }
    return name;
  }
}

@AtomModule({ services: [Worker] })
class WorkerModule {}

async function listen(): Promise<void> {
  const app = await AtomFactory.create(WorkerModule).listen();
  const { instance, endpoint } = app.status();
  say(`instance ${instance} ${endpoint}`);
  let known = 0;
  const look = (): void => {
    const all = app.client.services().find(({ name }) => name === service)?.instances ?? [];
    const count = all.filter(({ state }) => state === 'routable').length;
    if (count !== known) note('k', (known = count), monotonic());
  };
  setInterval(look, LOOK);
  let offset = 0;
  setInterval(() => {
    // How far the wall clock has gone from the monotonic one since the start, hours.
    const now = Math.round((Date.now() - startedAt - (monotonic() - startedOn)) / 3_600_000);
    if (now !== offset) say(`clock ${(offset = now)}`);
  }, 250);
}

/** Tries until it can: its ports may still be another's. */
async function takeOver(): Promise<void> {
  for (;;) {
    try {
      await listen();
      return;
    } catch {
      await sleep(5);
    }
  }
}

onCommand(([what, value]) => {
  if (what === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(value));
  else if (what === 'ms') ms = Number(value);
  else if (what === 'listen') void takeOver();
});
if (options.wait === true) say('waits');
else await listen();
