import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failedByOutcome, latencies, percentile, timesOut, total } from '../checks.js';
import { ROOT } from '../../support/tree.js';
import { round } from '../marks.js';
import type { Finding, Scenario } from '../scenario.js';
import type { Size } from '../size.js';
import type { Scene } from '../scene.js';
import { mesh } from './mesh.js';

const HOUR = 3600;
/** What the clocks of one instance and of the client say beside the truth, one after another, s. */
const JUMPS = [HOUR, -HOUR, 24 * HOUR, -24 * HOUR, 0];
const SHARED = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (kind) => `/usr/lib/${kind}/faketime/libfaketime.so.1`,
);

/** The variables with which a program's wall clock is off by what `file` says. Monotonic clocks go on as they do. */
function shiftedBy(file: string): { env: NodeJS.ProcessEnv; by: string } {
  const library = SHARED.find(existsSync);
  if (library === undefined) {
    const preload = join(ROOT, 'dist/spec/chaos/programs/shifted-date.js');
    return { env: { NODE_OPTIONS: `--import=${preload}`, CHAOS_SHIFT: file }, by: 'Date.now shifted' };
  }
  const env = {
    LD_PRELOAD: library,
    DONT_FAKE_MONOTONIC: '1',
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
  };
  return { env, by: 'libfaketime' };
}

const eachSeconds = ({ during, after }: Size): number => (during + after) / JUMPS.length;

/** The clocks of one instance and of the client jump, the others' do not; all find one another by Redis alone. */
async function clock(scene: Scene): Promise<Finding> {
  const { size } = scene;
  const file = scene.file('shift');
  const jump = (seconds: number): void => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}`);
  jump(0);
  const { env, by } = shiftedBy(file);
  const redis = scene.redis();
  await redis.start();
  const common = { ATOM_REDIS_URL: redis.url, ATOM_MULTICAST: 'off' };
  const { servers, client } = await mesh(scene, {
    operation: 'write',
    apart: false,
    env: common,
    odd: { ...common, ...env },
  });
  client.go(size.rate);
  await scene.seconds(size.before);
  for (const seconds of JUMPS) {
    jump(seconds);
    await scene.seconds(eachSeconds(size));
  }
  const { calls, sights } = await client.stop();
  const failed = failedByOutcome(calls);
  const out = timesOut(sights);
  const clocks = [...new Set(servers[0]!.program.lines.filter((line) => line.startsWith('clock ')))];
  const marks = scene
    .marks()
    .none('failed', total(failed))
    .none('ejected or unroutable', out)
    .atLeast('jumps that the instance saw', clocks.length, JUMPS.length - 1);
  return {
    requests: calls.id.length,
    failed,
    figures: { by, out, 'p99 ms': round(percentile(latencies(calls), 0.99)) },
    misses: marks.misses,
  };
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'clock',
    load: ({ rate, before, during, after }) => `${rate}/s on 3, ${before + during + after} s`,
    faults: () => 'the clocks of one instance and of the client +1 h, -1 h, +1 day, -1 day',
    passMark: '0 failed, 0 ejected',
    run: clock,
  },
];
