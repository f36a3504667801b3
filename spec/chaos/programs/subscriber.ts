/**
 * Hears events: `node subscriber.js '<SubscriberOptions as JSON>'`. It notes in a file, a line each and at once, what it has begun
 * (`b N AT`) and handled (`d N AT`), and when its status begins to say that it is behind (`behind AT`) and that it has lost more (`lost AT`). Commands: `ms MS` (how long its handler takes).
 */
import { openSync, writeSync } from 'node:fs';
import { AtomFactory, AtomModule, AtomService, OnEvent } from 'atomjs';
import { monotonic, onCommand, say } from './common.js';

export interface SubscriberOptions {
  readonly name: number;
  readonly file: string;
  readonly durable?: boolean;
  readonly ms?: number;
  readonly concurrency?: number;
}

/** How often it looks at its status, ms. */
const LOOK = 50;

const options = JSON.parse(process.argv[2] ?? '') as SubscriberOptions;
const { durable = false, concurrency = 1 } = options;
let { ms = 0 } = options;
const notes = openSync(options.file, 'a');
const note = (...words: readonly (string | number)[]): void => void writeSync(notes, `${words.join(' ')}\n`);

@AtomService('@chaos/subscriber')
class Subscriber {
  @OnEvent('chaos.tick', { accepts: 'any', concurrency, durable, delivery: durable ? 'group' : 'broadcast' })
  async onTick({ n }: { n: number }): Promise<void> {
    note('b', n, monotonic());
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    note('d', n, monotonic());
  }
}

@AtomModule({ services: [Subscriber] })
class SubscriberModule {}

const app = await AtomFactory.create(SubscriberModule, {
  ...(durable ? { durable: { visibility: 3000, retryDelay: 100 } } : {}),
}).listen();
let wasBehind = false;
let lost = 0;
setInterval(() => {
  const { events } = app.status();
  const isBehind = events.behind.length > 0;
  if (isBehind && !wasBehind) note('behind', monotonic());
  if (events.lost > lost) note('lost', monotonic());
  wasBehind = isBehind;
  lost = events.lost;
}, LOOK);
onCommand(([what, value]) => {
  if (what === 'ms') ms = Number(value);
});
say(`instance ${app.status().instance}`);
