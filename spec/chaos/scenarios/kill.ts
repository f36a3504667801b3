import { failedByOutcome, inFlightAt, latencies, percentile, total, turned } from '../checks.js';
import { round } from '../marks.js';
import type { Finding, Scenario } from '../scenario.js';
import type { Scene } from '../scene.js';
import { loadOn, mesh } from './mesh.js';

/** `kill -9` of one of three. */
async function kill(scene: Scene, operation: 'read' | 'write'): Promise<Finding> {
  const { size } = scene;
  const { servers, client } = await mesh(scene, { operation });
  const victim = scene.anyOf(servers);
  client.go(size.rate);
  await scene.seconds(size.before + size.during / 2);
  const at = scene.now;
  victim.program.signal('SIGKILL');
  await scene.seconds(size.during / 2 + size.after);
  const { calls, sights } = await client.stop();
  const failed = failedByOutcome(calls);
  const inFlight = inFlightAt(calls, at);
  const p99 = percentile(latencies(calls), 0.99);
  const marks = scene.marks();
  if (operation === 'read') {
    marks.none('failed', total(failed)).soon('p99', p99, 100);
  } else {
    marks.atMost('failed', total(failed), inFlight + 20);
    marks.none('failed other than UNKNOWN', total(failed) - (failed.UNKNOWN ?? 0));
  }
  return {
    requests: calls.id.length,
    failed,
    detection: turned(sights, victim.instance, at),
    figures: { 'in flight': inFlight, 'p99 ms': round(p99) },
    misses: marks.misses,
  };
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'kill-plain',
    load: loadOn(3),
    faults: () => 'kill -9 one',
    passMark: 'failed <= in flight + 20, all UNKNOWN',
    run: (scene) => kill(scene, 'write'),
  },
  {
    name: 'kill-idempotent',
    load: loadOn(3),
    faults: () => 'kill -9 one',
    passMark: '0 failed, p99 <= 100 ms',
    run: (scene) => kill(scene, 'read'),
  },
];
