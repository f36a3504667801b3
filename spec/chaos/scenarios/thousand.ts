import { readFileSync } from 'node:fs';
import { percentile } from '../checks.js';
import { round } from '../marks.js';
import type { Finding, Scenario } from '../scenario.js';
import type { Size } from '../size.js';
import { Program } from '../../support/process.js';
import type { Scene } from '../scene.js';

const PROCESSES = 10;
/**
 * Processes of one application each, which look on. They go before the crowds, as machines of their own would: what a thousand do
 * at the same time is too much for one machine.
 */
const WATCHERS = 3;
/** How long the dead may stay known before the wait for it is given up, s. */
const PATIENCE = 20;

const countOf = ({ rate }: Size): number => rate / 2;
/** Instances that join each second. */
const rateOf = (size: Size): number => countOf(size) / 40;

function read(file: string): string[][] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => line.split(' '));
}

/** Crowds of applications, a nucleus that watches, Redis; one crowd is killed. */
async function thousand(scene: Scene): Promise<Finding> {
  const { size } = scene;
  const each = countOf(size) / PROCESSES;
  const redis = scene.redis();
  await redis.start();
  const env = { ATOM_REDIS_URL: redis.url, ATOM_MULTICAST: 'off' };
  const nucleus = new Program('nucleus/cli/main.js', {
    args: ['start', '--foreground', '--redis', redis.url, '--port', '0', '--http-port', '0'],
    env: { ...env, ATOM_NUCLEUS: '', ATOM_HOME: scene.file('home'), ATOM_LOG_LEVEL: 'silent', NO_COLOR: '1' },
  });
  scene.adopt(nucleus);
  const files = Array.from({ length: WATCHERS + PROCESSES }, (_, name) => scene.file(`crowd-${name}`));
  const crowds = files.map((file, name) => {
    const watches = name < WATCHERS;
    const options = {
      name,
      file,
      count: watches ? 1 : each,
      every: (1000 * PROCESSES) / rateOf(size),
      watches,
    };
    return scene.adopt(scene.start('crowd', options, { env, yielding: !watches }));
  });
  await Promise.all(crowds.map(({ program }) => program.line(/^ready/, 30_000)));
  for (const { program } of crowds) {
    program.write('join');
    await scene.seconds(1 / rateOf(size));
  }
  await Promise.all(crowds.map(({ program }) => program.line(/^joined/, 120_000)));
  await scene.seconds(5);
  const victim = WATCHERS + Math.floor(scene.random() * PROCESSES);
  const at = scene.now;
  crowds[victim]!.program.signal('SIGKILL');
  const goneFor = (watcher: number): number => read(files[watcher]!).filter(([kind]) => kind === 'g').length;
  for (let waited = 0; waited < PATIENCE; waited++) {
    await scene.seconds(1);
    if (files.slice(0, WATCHERS).every((_, watcher) => goneFor(watcher) >= each)) break;
  }

  const lines = files.map(read);
  const told = (which: number, kind: string): Map<string, number> =>
    new Map(lines[which]!.filter((words) => words[0] === kind).map(([, id, when]) => [id!, Number(when)]));
  const joined = new Map(lines.flatMap((_, which) => [...told(which, 'j')]));
  const dead = [...told(victim, 'j').keys()];
  const joins: number[] = [];
  const removals: number[] = [];
  let falselyGone = 0;
  for (let watcher = 0; watcher < WATCHERS; watcher++) {
    const own = told(watcher, 'j').keys().next().value;
    const since = joined.get(own!)!;
    const seen = told(watcher, 's');
    const gone = told(watcher, 'g');
    for (const [id, when] of joined) {
      // Who was there before the watcher is found by its first look.
      if (id !== own) joins.push((seen.get(id) ?? Infinity) - Math.max(when, since));
    }
    for (const id of dead) removals.push((gone.get(id) ?? Infinity) - at);
    falselyGone += [...gone.keys()].filter((id) => !dead.includes(id)).length;
  }
  const p99 = percentile(joins, 0.99);
  const removed = Math.max(...removals);
  const marks = scene
    .marks()
    .soon('p99 of joins', p99, 3000)
    .soon('all removed after', removed, 5000)
    .none('taken for gone though alive', falselyGone)
    .atLeast('instances', joined.size, countOf(size));
  return {
    requests: 0,
    failed: {},
    detection: removed,
    figures: {
      instances: joined.size,
      'join p99 ms': round(p99),
      'join p50 ms': round(percentile(joins, 0.5)),
      'removed p50 ms': round(percentile(removals, 0.5)),
      'removed ms': round(removed),
    },
    misses: marks.misses,
  };
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'thousand',
    load: (size) => `${countOf(size)} instances in ${PROCESSES} processes, ${rateOf(size)} join each second`,
    faults: (size) => `${countOf(size) / PROCESSES} killed at once`,
    passMark: 'p99 join <= 3 s, removed <= 5 s',
    run: thousand,
  },
];
