/**
 * Publishes at an open rate: `node publisher.js '<PublisherOptions as JSON>'`. Commands: `go RATE [COUNT]` (COUNT events at most; says `all` when
 * they are out), `stop` (waits for what is under way, then writes its history and says `stopped`). It says `full` when a subscriber has
 * no room for the first time.
 */
import { writeFileSync } from 'node:fs';
import { AtomError, AtomFactory, AtomModule } from 'atomjs';
import { eventually } from '../../support/eventually.js';
import type { PublisherHistory } from '../history.js';
import { monotonic, onCommand, openLoad, say } from './common.js';

export interface PublisherOptions {
  readonly file: string;
  readonly durable?: boolean;
  /** Characters of an event. */
  readonly size: number;
  /** Begins when it knows so many instances of the service that listens. */
  readonly instances: number;
  readonly service: string;
}

@AtomModule({})
class Nothing {}

const options = JSON.parse(process.argv[2] ?? '') as PublisherOptions;
const { durable = false, service } = options;
const { client } = await AtomFactory.create(Nothing).listen();
const pad = 'x'.repeat(options.size);
/** Durable events have keys, so many of them. */
const KEYS = 100;

const n: number[] = [];
const instances: number[] = [];
const dropped: number[] = [];
const at: number[] = [];
const failed: Record<string, number> = {};
let next = 0;
let pending = 0;
let isFull = false;

function publish(): void {
  const number = next++;
  pending++;
  client
    .publish('chaos.tick', { n: number, pad }, durable ? { durable, key: `k${number % KEYS}` } : {})
    .then(
      (receipt) => {
        n.push(number);
        at.push(monotonic());
        instances.push(receipt.instances);
        dropped.push(receipt.dropped);
        if (receipt.dropped > 0 && !isFull) {
          isFull = true;
          say('full');
        }
      },
      (error: unknown) => {
        const { outcome = 'none' } = AtomError.from(error);
        failed[outcome] = (failed[outcome] ?? 0) + 1;
      },
    )
    .finally(() => pending--);
}

let end = (): void => {};
onCommand(([what, rate, count]) => {
  end();
  if (what === 'go') {
    const most = next + Number(count ?? Infinity);
    end = openLoad(Number(rate), () => {
      if (next < most) publish();
      if (next === most) {
        end();
        say('all');
      }
    });
  } else if (what === 'stop') {
    void (async () => {
      await eventually(() => pending === 0, { within: 30_000 });
      const history: PublisherHistory = { n, at, instances, dropped, failed };
      writeFileSync(options.file, JSON.stringify(history));
      say('stopped');
    })();
  }
});
await eventually(
  () => (client.services().find(({ name }) => name === service)?.instances.length ?? 0) >= options.instances,
  { within: 30_000, what: `${options.instances} instances of ${service}` },
);
say('ready');
