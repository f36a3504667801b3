import { failedByOutcome, latencies, missing, percentile, repeated, total } from '../checks.js';
import { round } from '../marks.js';
import type { Finding, Scenario } from '../scenario.js';
import type { Scene } from '../scene.js';
import { mesh } from './mesh.js';

/** Every so many-th request, its server publishes what it did. */
const PUBLISH_EVERY = 10;

/** Each instance is replaced: a new one is started, then the old one told to end. */
async function rolling(scene: Scene): Promise<Finding> {
  const { size } = scene;
  const server = { publishEvery: PUBLISH_EVERY };
  const events = size.rate / PUBLISH_EVERY;
  const { servers, places, client } = await mesh(scene, { operation: 'write', server, events, hears: true });
  client.go(size.rate);
  await scene.seconds(size.before);
  const ends: (number | string | null)[] = [];
  for (const [at, old] of servers.entries()) {
    await scene.server(server, places[at]);
    await scene.seconds(size.during / 6);
    old.program.signal('SIGTERM');
    const { code, signal } = await old.program.ended;
    ends.push(signal ?? code);
    await scene.seconds(size.during / 6);
  }
  await scene.seconds(size.after);
  const { calls, published, heard } = await client.stop();
  const noted = scene.noted();
  const failed = failedByOutcome(calls);
  const handled = noted.events.map(({ n }) => n);
  const lost = {
    'to them': missing(
      published.map(({ n }) => n),
      handled,
    ).length,
    'from them': missing(
      noted.published.map(({ id }) => id),
      heard,
    ).length,
  };
  const marks = scene
    .marks()
    .none('failed', total(failed))
    .none('events lost on the way to them', lost['to them'])
    .none('events of theirs lost', lost['from them'])
    .none('events handled twice', repeated(handled) + repeated(heard))
    .none('exit codes other than 0', ends.filter((end) => end !== 0).length);
  return {
    requests: calls.id.length,
    failed,
    figures: {
      events: published.length + noted.published.length,
      'lost to them': lost['to them'],
      'lost from them': lost['from them'],
      exits: ends.join(' '),
      'p99 ms': round(percentile(latencies(calls), 0.99)),
    },
    misses: marks.misses,
  };
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'rolling',
    load: ({ rate, before, during, after }) =>
      `${rate}/s and ${(2 * rate) / PUBLISH_EVERY} events/s on 3, ${before + during + after} s and more`,
    faults: () => 'SIGTERM all, one after another, each after its successor has come',
    passMark: '0 failed, 0 events lost, exit 0',
    run: rolling,
  },
];
