/**
 * The generator: `node client.js '<ClientOptions as JSON>'`. Open load: it sends when a request is due, whatever became of
 * those before. Commands on its standard input: `go RATE` (also a change of the rate), `stop` (waits for what is under way, then
 * writes its history and says `stopped`).
 */
import { writeFileSync } from 'node:fs';
import { AtomError, AtomFactory, AtomModule } from 'atomjs';
import { eventually } from '../../support/eventually.js';
import type { ClientHistory, Sight } from '../history.js';
import { monotonic, onCommand, openLoad, say } from './common.js';

export interface ClientOptions {
  readonly file: string;
  /** `read` is idempotent, `write` is not. */
  readonly operation: 'read' | 'write';
  /** Deadline of each request, ms. */
  readonly timeout: number;
  /** Begins when it knows so many instances. */
  readonly instances: number;
  readonly service?: string;
  /** Events that it publishes each second. */
  readonly events?: number;
  /** Hears what servers publish. */
  readonly hears?: boolean;
}

/** Requests before the history begins, so that code and connections are warm. */
const WARM_UP = 1000;
const AT_A_TIME = 10;
/** How often instances are looked at, ms. */
const LOOK = 10;

@AtomModule({})
class Nothing {}

const options = JSON.parse(process.argv[2] ?? '') as ClientOptions;
const { operation, timeout, service = '@chaos/worker', events = 0 } = options;
const app = await AtomFactory.create(Nothing).listen();
const { client } = app;

const id: number[] = [];
const due: number[] = [];
const sent: number[] = [];
const ended: number[] = [];
const outcome: string[] = [];
const code: string[] = [];
const by: number[] = [];
const sights: Sight[] = [];
const published: { n: number; instances: number; dropped: number }[] = [];
const heard: number[] = [];
const attempts: { at: number; sent: number }[] = [];
let pending = 0;

function ask(dueAt: number): void {
  const n = id.length;
  id.push(n);
  due.push(dueAt);
  sent.push(monotonic());
  ended.push(0);
  outcome.push('');
  code.push('');
  by.push(-1);
  pending++;
  client.request<number>(service, operation, n, { timeout }).then(
    (answer) => {
      ended[n] = monotonic();
      by[n] = answer;
      pending--;
    },
    (thrown: unknown) => {
      const error = AtomError.from(thrown);
      ended[n] = monotonic();
      outcome[n] = error.outcome ?? 'none';
      code[n] = error.code;
      pending--;
    },
  );
}

let ticks = 0;
function publish(): void {
  const n = ticks++;
  pending++;
  void client
    .publish('chaos.tick', n)
    .then(({ instances, dropped }) => published.push({ n, instances, dropped }))
    .finally(() => pending--);
}

const seen = new Map<string, string>();
function look(): void {
  const at = monotonic();
  const { peers } = app.status();
  const missing = new Set(seen.keys());
  for (const { instance, routable, connected, breaker } of peers) {
    missing.delete(instance);
    const state = `${routable} ${connected} ${breaker}`;
    if (seen.get(instance) === state) continue;
    seen.set(instance, state);
    sights.push({ at, instance, routable, connected, breaker });
  }
  for (const instance of missing) {
    seen.delete(instance);
    sights.push({ at, instance, routable: false, connected: false, breaker: 'gone' });
  }
}

const sentSoFar = (): number => app.status().peers.reduce((sum, peer) => sum + peer.sent, 0);

let end = (): void => {};
function go(rate: number): void {
  end();
  attempts.push({ at: monotonic(), sent: sentSoFar() });
  const ends = [openLoad(rate, ask), openLoad(events, publish)];
  end = () => ends.forEach((end) => end());
}

async function stop(): Promise<void> {
  end();
  await eventually(() => pending === 0, { within: timeout + 20_000 });
  attempts.push({ at: monotonic(), sent: sentSoFar() });
  const history: ClientHistory = {
    calls: { id, due, sent, ended, outcome, code, by },
    sights,
    attempts,
    published,
    heard,
    lost: app.status().events.lost,
  };
  writeFileSync(options.file, JSON.stringify(history));
  say('stopped');
}

if (options.hears === true) {
  await client.subscribe('chaos.done', (request) => void heard.push(request));
}
await eventually(
  () => (client.services().find(({ name }) => name === service)?.instances.length ?? 0) >= options.instances,
  { within: 30_000, what: `${options.instances} instances of ${service}` },
);
for (let n = 0; n < WARM_UP; n += AT_A_TIME) {
  const calls = Array.from({ length: AT_A_TIME }, (_, at) => client.request(service, operation, -1 - n - at));
  await Promise.allSettled(calls);
}
setInterval(look, LOOK);
onCommand(([what, value]) => {
  if (what === 'go') go(Number(value));
  else if (what === 'stop') void stop();
});
say('ready');
