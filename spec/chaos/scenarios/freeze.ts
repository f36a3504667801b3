import { executedAfterDeadline, failedByOutcome, latencies, percentile, total, turned } from '../checks.js';
import { round } from '../marks.js';
import type { Finding, Scenario } from '../scenario.js';
import type { Size } from '../size.js';
import type { Scene, Server } from '../scene.js';
import { loadOn, mesh, TIMEOUT } from './mesh.js';

/** Clocks of one machine: what a handler may seem to begin too late, ms. */
const TOLERANCE = 10;

interface Standstill {
  readonly seconds: (size: Size) => number;
  /** Resolves when the instance goes on. */
  readonly hold: (scene: Scene, victim: Server) => Promise<void>;
}

async function standstill(
  scene: Scene,
  operation: 'read' | 'write',
  { seconds, hold }: Standstill,
): Promise<Finding> {
  const { size } = scene;
  const { servers, client } = await mesh(scene, { operation });
  const victim = scene.anyOf(servers);
  client.go(size.rate);
  await scene.seconds(size.before);
  const at = scene.now;
  await hold(scene, victim);
  const goesOnAt = at + seconds(size) * 1000;
  await scene.seconds(Math.max(size.after, 4));
  const { calls, sights } = await client.stop();
  const { executions } = scene.noted();
  const failed = failedByOutcome(calls);
  const detection = turned(sights, victim.instance, at);
  const back = turned(sights, victim.instance, goesOnAt, true);
  const late = executedAfterDeadline(calls, executions, TIMEOUT, TOLERANCE * scene.slack).length;
  const again = executions.filter((one) => one.server === victim.name && one.at > goesOnAt + 3000).length;
  const marks = scene
    .marks()
    .atMost('failed', total(failed), 50)
    .soon('ejected after', detection, 2000)
    .none('run past their deadline', late)
    .soon('back after', back, 3000)
    .atLeast('requests that it runs afterwards', again, 1);
  return {
    requests: calls.id.length,
    failed,
    detection,
    figures: {
      'back ms': back === undefined ? 'never' : round(back),
      'late executions': late,
      'p99 ms': round(percentile(latencies(calls), 0.99)),
    },
    misses: marks.misses,
  };
}

const stopped: Standstill = {
  seconds: ({ during }) => during,
  async hold(scene, victim) {
    victim.program.signal('SIGSTOP');
    await scene.seconds(scene.size.during);
    victim.program.signal('SIGCONT');
  },
};

const blocked: Standstill = {
  seconds: () => 3,
  async hold(scene, victim) {
    victim.program.write('block 3000');
    await scene.seconds(3);
  },
};

const passMark = '<= 50 failed, ejected <= 2 s, nothing run past its deadline, back <= 3 s after';

export const scenarios: readonly Scenario[] = [
  {
    name: 'freeze-plain',
    load: loadOn(3),
    faults: ({ during }) => `SIGSTOP one, ${during} s`,
    passMark,
    run: (scene) => standstill(scene, 'write', stopped),
  },
  {
    name: 'freeze-idempotent',
    load: loadOn(3),
    faults: ({ during }) => `SIGSTOP one, ${during} s`,
    passMark,
    run: (scene) => standstill(scene, 'read', stopped),
  },
  {
    name: 'block-plain',
    load: loadOn(3),
    faults: () => 'event loop of one blocked, 3 s',
    passMark,
    run: (scene) => standstill(scene, 'write', blocked),
  },
];
