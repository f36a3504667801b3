import { missing, repeated } from '../checks.js';
import { eventually } from '../../support/eventually.js';
import { round } from '../marks.js';
import type { Finding, Scenario } from '../scenario.js';
import type { Size } from '../size.js';
import type { Scene, SubscriberActor } from '../scene.js';

const COUNT = 3;
const CONCURRENCY = 8;
/** What an instance holds at most (lib/durable/PROTOCOL.md). */
const HELD = Math.max(32, 2 * CONCURRENCY);
const KILL_EVERY = 2;
const RESTARTS = 3;
const DEAD = '{atom:default}:durable:dead';

const eventsOf = ({ rate }: Size): number => 50 * rate;
const rateOf = ({ rate }: Size): number => 1.25 * rate;

async function durable(scene: Scene): Promise<Finding> {
  const { size } = scene;
  const redis = scene.redis({ appendOnly: true });
  await redis.start();
  const place = { env: { ATOM_REDIS_URL: redis.url } };
  const start = () => scene.subscriber({ durable: true, concurrency: CONCURRENCY }, place);
  const consumers: SubscriberActor[] = await Promise.all(Array.from({ length: COUNT }, start));
  const ended: SubscriberActor[] = [];
  const publisher = await scene.publisher(
    { durable: true, size: 100, instances: COUNT, service: '@chaos/subscriber' },
    place,
  );
  const events = eventsOf(size);
  const begun = scene.now;
  publisher.go(rateOf(size), events);
  let out = false;
  const all = publisher.program.line(/^all/, 120_000).then(() => (out = true));
  let kills = 0;
  const nextRestart = (done: number): number => ((done + 0.5) * events) / rateOf(size) / RESTARTS;
  for (let restarts = 0; !out || restarts < RESTARTS;) {
    await scene.seconds(KILL_EVERY);
    const victim = Math.floor(scene.random() * COUNT);
    consumers[victim]!.program.signal('SIGKILL');
    ended.push(consumers[victim]!);
    kills++;
    const restart = restarts < RESTARTS && (scene.now - begun) / 1000 >= nextRestart(restarts);
    if (restart) restarts++;
    const [replacement] = await Promise.all([start(), restart ? redis.restart() : undefined]);
    consumers[victim] = replacement;
  }
  await all;
  const { n: accepted, failed } = await publisher.stop();
  const raw = redis.client();
  const dead = async (): Promise<number[]> =>
    (await raw.xrange(DEAD, '-', '+')).map(
      ([, fields]) => (JSON.parse(fields[fields.indexOf('e') + 1]!) as { data: { n: number } }).data.n,
    );
  const done = (): number[] => [...consumers, ...ended].flatMap((consumer) => consumer.noted().done);
  const lost = async (): Promise<number[]> => missing(accepted, [...done(), ...(await dead())]);
  await eventually(async () => (await lost()).length === 0, { within: 60_000, every: 1000 }).catch(
    () => undefined,
  );
  const handled = done();
  const duplicates = repeated(handled);
  const gone = (await lost()).length;
  const marks = scene
    .marks()
    .none('acknowledged and neither handled nor a dead letter', gone)
    .atMost('handled more than once', duplicates, HELD * kills)
    .atLeast('kills', kills, 5);
  return {
    requests: accepted.length,
    failed,
    figures: {
      kills,
      duplicates,
      'dead letters': (await dead()).length,
      lost: gone,
      seconds: round((scene.now - begun) / 1000),
    },
    misses: marks.misses,
  };
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'durable',
    load: (size) => `${eventsOf(size)} durable events at ${rateOf(size)}/s to ${COUNT}`,
    faults: () => `kill -9 one every ${KILL_EVERY} s, Redis (append-only) restarted ${RESTARTS} times`,
    passMark: `all that was acknowledged is handled or a dead letter, duplicates <= ${HELD} x kills`,
    run: durable,
  },
];
