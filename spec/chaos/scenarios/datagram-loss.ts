import { failedByOutcome, timesOut, total, wholeAfter } from '../checks.js';
import { round } from '../marks.js';
import type { Finding, Scenario } from '../scenario.js';
import type { Size } from '../size.js';
import type { Scene } from '../scene.js';
import { TIMEOUT } from './mesh.js';

const COUNT = 10;
const LOSS = '0.05';

const seconds = ({ before, during, after }: Size): number => 2 * (before + during + after);

/** Each host loses datagrams as they come in; TCP is spared. All find one another by multicast alone. */
async function datagramLoss(scene: Scene): Promise<Finding> {
  const { size } = scene;
  const network = scene.hosts(COUNT + 1);
  const rule = ['INPUT', '-p', 'udp', '-m', 'statistic', '--mode', 'random', '--probability', LOSS] as const;
  for (const host of network.hosts) network.drop(host, rule, true);
  const place = (at: number) => ({ host: network.hosts[at] });
  const waiting = await Promise.all(
    Array.from({ length: COUNT }, (_, at) => scene.server({ wait: true }, place(at))),
  );
  const begun = scene.now;
  const servers = await Promise.all(waiting.map((server) => server.listen()));
  const client = await scene.client({ operation: 'write', timeout: TIMEOUT, instances: COUNT }, place(COUNT));
  client.go(size.rate);
  await scene.seconds(seconds(size));
  const { calls, sights } = await client.stop();
  const { known } = scene.noted();
  const found = servers.map(({ name }) => firstWhole(known, name, begun));
  const slowest = Math.max(...found);
  const drops = known.filter(
    ({ server, count, at }) => at > begun + slowest && count < COUNT - 1 && server >= 0,
  ).length;
  const falseEjections = timesOut(sights) + drops;
  const perMinute = falseEjections / Math.max(1, seconds(size) / 60);
  const failed = failedByOutcome(calls);
  const marks = scene
    .marks()
    .soon('all found after', slowest, 3000)
    .atMost('false ejections per minute', perMinute, 1)
    .none('failed', total(failed));
  for (const { name } of servers) {
    if (wholeAfter(known, name, COUNT - 1, begun) === undefined)
      marks.misses.push(`server ${name} does not know all`);
  }
  return {
    requests: calls.id.length,
    failed,
    detection: slowest,
    figures: { 'false ejections': falseEjections },
    misses: marks.misses,
  };

  function firstWhole(all: typeof known, name: number, from: number): number {
    const first = all.find(({ server, count }) => server === name && count === COUNT - 1);
    return first === undefined ? Infinity : round(first.at - from);
  }
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'datagram-loss',
    load: (size) => `${size.rate}/s on ${COUNT}, ${seconds(size)} s`,
    faults: () => '5 % of the datagrams lost at each host',
    passMark: 'all found <= 3 s, false ejections <= 1/min',
    apart: true,
    run: datagramLoss,
  },
];
