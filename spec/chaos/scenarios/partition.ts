import { failedByOutcome, latencies, percentile, turned, wholeAfter } from '../checks.js';
import type { Host, Hosts } from '../../support/hosts.js';
import { round } from '../marks.js';
import type { Finding, Scenario } from '../scenario.js';
import type { Scene } from '../scene.js';
import { loadOn, mesh } from './mesh.js';

type Cut = (network: Hosts, host: Host, cut: boolean) => void;

async function partition(scene: Scene, cut: Cut, byRedis = false): Promise<Finding> {
  const { size } = scene;
  const { network, servers, places, client } = await mesh(scene, { operation: 'write', byRedis });
  const victim = scene.anyOf(servers);
  const host = places[victim.name]!.host!;
  client.go(size.rate);
  await scene.seconds(size.before);
  const at = scene.now;
  cut(network!, host, true);
  await scene.seconds(size.during);
  cut(network!, host, false);
  const healedAt = scene.now;
  await scene.seconds(Math.max(size.after, 5));
  const { calls, sights } = await client.stop();
  const { executions, known } = scene.noted();
  const found = turned(sights, victim.instance, at);
  const back = turned(sights, victim.instance, healedAt, true);
  const whole = servers.map(({ name }) => wholeAfter(known, name, servers.length - 1, healedAt) ?? Infinity);
  const again = executions.filter((one) => one.server === victim.name && one.at > healedAt).length;
  const marks = scene
    .marks()
    .soon('found after', found, 2000)
    .soon('called again after', back, 3000)
    .soon('all know one another again after', Math.max(...whole), 3000)
    .atLeast('requests that it runs afterwards', again, 1);
  return {
    requests: calls.id.length,
    failed: failedByOutcome(calls),
    detection: found,
    figures: {
      'called again ms': back === undefined ? 'never' : round(back),
      'reconverged ms': round(Math.max(...whole)),
      'p99 ms': round(percentile(latencies(calls), 0.99)),
    },
    misses: marks.misses,
  };
}

const passMark = 'found <= 2 s, reconverged <= 3 s';

export const scenarios: readonly Scenario[] = [
  {
    name: 'partition-full',
    load: loadOn(3),
    faults: ({ during }) => `the host of one unplugged, ${during} s`,
    passMark,
    apart: true,
    run: (scene) => partition(scene, (network, host, cut) => network.cut(host, cut)),
  },
  {
    name: 'partition-redis',
    load: loadOn(3),
    faults: ({ during }) => `the host of one unplugged, ${during} s; discovery by Redis alone`,
    passMark,
    apart: true,
    run: (scene) => partition(scene, (network, host, cut) => network.cut(host, cut), true),
  },
  {
    name: 'partition-deaf',
    load: loadOn(3),
    faults: ({ during }) => `one hears nothing, ${during} s`,
    passMark,
    apart: true,
    run: (scene) =>
      partition(scene, (network, host, cut) => network.drop(host, ['INPUT', '-i', 'eth0'], cut)),
  },
  {
    name: 'partition-mute',
    load: loadOn(3),
    faults: ({ during }) => `nobody hears one, ${during} s`,
    passMark,
    apart: true,
    run: (scene) =>
      partition(scene, (network, host, cut) => network.drop(host, ['OUTPUT', '-o', 'eth0'], cut)),
  },
];
