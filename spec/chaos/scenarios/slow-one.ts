import { failedByOutcome, latencies, percentile, shareOf } from '../checks.js';
import { round } from '../marks.js';
import type { Finding, Scenario } from '../scenario.js';
import type { Scene } from '../scene.js';
import { mesh } from './mesh.js';

const COUNT = 10;
const TIMES = 10;
const HANDLER = 5;

async function slowOne(scene: Scene): Promise<Finding> {
  const { size } = scene;
  const { servers, client } = await mesh(scene, {
    operation: 'write',
    count: COUNT,
    server: { ms: HANDLER },
  });
  const victim = scene.anyOf(servers);
  client.go(size.rate);
  await scene.seconds(size.before);
  const at = scene.now;
  victim.program.write(`ms ${HANDLER * TIMES}`);
  await scene.seconds(size.during + size.after);
  const { calls } = await client.stop();
  const { executions } = scene.noted();
  const before = shareOf(executions, victim.name, { to: at });
  const share = shareOf(executions, victim.name, { from: at });
  const marks = scene
    .marks()
    .atMost('share of the slow one, %', share * 100, 3)
    .atLeast('share of it while it was like the others, %', before * 100, 100 / COUNT / 2);
  return {
    requests: calls.id.length,
    failed: failedByOutcome(calls),
    figures: {
      'share before %': round(before * 100),
      'share %': round(share * 100),
      'p99 ms': round(percentile(latencies(calls, { from: at }), 0.99)),
    },
    misses: marks.misses,
  };
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'slow-one',
    load: ({ rate, before, during, after }) => `${rate}/s on ${COUNT}, ${before + during + after} s`,
    faults: () => `one of ${COUNT} becomes ${TIMES} x slower`,
    passMark: 'it gets <= 3 % of the load',
    run: slowOne,
  },
];
