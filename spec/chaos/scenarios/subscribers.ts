import { missing, repeated } from '../checks.js';
import { round } from '../marks.js';
import type { Finding, Scenario } from '../scenario.js';
import type { Size } from '../size.js';
import type { Scene } from '../scene.js';

const SIZE = 1000;
/** How long the slow one takes for an event, ms. */
const SLOW = 50;

const faultSeconds = ({ during }: Size): number => during * 2;

/** One publisher, two subscribers that keep up, one that does not, and one that stands still. */
async function subscribers(scene: Scene): Promise<Finding> {
  const { size } = scene;
  const network = scene.hosts(5);
  const place = (at: number) => ({ host: network.hosts[at] });
  const all = await Promise.all([0, 1, 2, 3].map((at) => scene.subscriber({}, place(at))));
  const [first, second, slow, frozen] = all as [
    (typeof all)[0],
    (typeof all)[0],
    (typeof all)[0],
    (typeof all)[0],
  ];
  const publisher = await scene.publisher(
    { size: SIZE, instances: all.length, service: '@chaos/subscriber' },
    place(4),
  );
  publisher.go(size.rate);
  await scene.seconds(size.before);
  const memory = scene.forgetMemory([publisher]);
  const slowAt = scene.now;
  slow.program.write(`ms ${SLOW}`);
  frozen.program.signal('SIGSTOP');
  await scene.seconds(faultSeconds(size));
  const grown = memory();
  const thawedAt = scene.now;
  frozen.program.signal('SIGCONT');
  await scene.seconds(size.after);
  const { n, dropped, failed } = await publisher.stop();
  await scene.seconds(1);
  const lost = [first, second].map((one) => missing(n, one.noted().done).length);
  const twice = [first, second].map((one) => repeated(one.noted().done));
  const after = (times: readonly number[], since: number): number | undefined => {
    const at = times.find((time) => time >= since);
    return at && at - since;
  };
  const behind = after(slow.noted().behind, slowAt);
  const missed = missing(n, frozen.noted().done).length;
  const told = after(frozen.noted().lost, thawedAt);
  const marks = scene
    .marks()
    .atMost('memory of the publisher, MB', grown, 32)
    .soon('the slow one told that it is behind after', behind, 2000)
    .soon('the frozen one told of what it lost after it goes on', missed === 0 ? 0 : told, 2000)
    .none('lost by one that keeps up', Math.max(...lost))
    .none('heard twice', Math.max(...twice));
  const sum = dropped.reduce((sum, one) => sum + one, 0);
  return {
    requests: n.length,
    failed,
    figures: {
      'memory MB': round(grown),
      'slow told ms': behind === undefined ? 'never' : round(behind),
      'frozen told ms': told === undefined ? `never, lost ${missed}` : round(told),
      'lost by others': lost.join(' '),
      'dropped for the slow': sum,
      'heard by the slow': slow.noted().done.length,
      'heard by the frozen': frozen.noted().done.length,
    },
    misses: marks.misses,
  };
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'subscribers',
    load: ({ rate }) => `${rate} events/s of ${SIZE} B to 4`,
    faults: (size) => `one takes ${SLOW} ms each, one stopped with SIGSTOP, ${faultSeconds(size)} s`,
    passMark: 'memory of the publisher <= +32 MB, others lose nothing, lag signalled <= 2 s',
    run: subscribers,
  },
];
