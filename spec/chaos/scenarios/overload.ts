import { failedByOutcome, percentile, type Span, within } from '../checks.js';
import type { Calls } from '../history.js';
import { round } from '../marks.js';
import type { Finding, Scenario } from '../scenario.js';
import type { Size } from '../size.js';
import type { Scene } from '../scene.js';
import { mesh } from './mesh.js';

const COUNT = 3;
/** How long the handler takes, ms. */
const HANDLER = 5;
const TIMES = 3;

/** What an instance runs at a time, so that all together can do what the size asks for, and a little more. */
const concurrencyFor = ({ rate }: Size): number => Math.ceil((rate * HANDLER) / 1000 / COUNT);
/** Requests a second that the handlers could do if their timers were exact and nothing else took time. */
const nominalOf = (size: Size): number => (COUNT * concurrencyFor(size) * 1000) / HANDLER;

/** The load changed at `at`; so many messages had been sent by then. */
interface Mark {
  readonly at: number;
  readonly sent: number;
}

const goodWithin = (calls: Calls, span: Span): number[] =>
  within(calls, span).filter((n) => calls.outcome[n] === '');

async function overload(scene: Scene): Promise<Finding> {
  const { size } = scene;
  const nominal = nominalOf(size);
  const server = { ms: HANDLER, concurrency: concurrencyFor(size) };
  const { client } = await mesh(scene, { operation: 'write', count: COUNT, server });
  client.go(nominal);
  await scene.seconds(Math.max(2, size.before));
  const memory = scene.forgetMemory();
  client.go(TIMES * nominal);
  await scene.seconds(size.during * 3);
  const grown = memory();
  client.go(nominal / 2);
  await scene.seconds(Math.max(6, size.after));
  const { calls, attempts } = await client.stop();
  const [first, begun, over] = attempts as [Mark, Mark, Mark];
  // What they do when there is just enough to do, the first second left out.
  const full = { from: first.at + 1000, to: begun.at };
  const capacity = goodWithin(calls, full).length / ((full.to - full.from) / 1000);
  const span = { from: begun.at, to: over.at };
  const asked = within(calls, span);
  const good = goodWithin(calls, span);
  const goodput = good.length / ((span.to - span.from) / 1000);
  const refused = asked.filter((n) => calls.code[n] === 'RESOURCE_EXHAUSTED');
  const rejection = percentile(
    refused.map((n) => calls.ended[n]! - calls.sent[n]!),
    0.99,
  );
  // The budget is a fifth of what was asked within any second: the first retries stand on the second before.
  const earning = within(calls, { from: begun.at - 1000, to: over.at });
  const perCall = 1 + (over.sent - begun.sent - asked.length) / earning.length;
  const troubled = within(calls, { from: over.at }).filter(
    (n) => calls.outcome[n] !== '' || calls.ended[n]! - calls.due[n]! > 100,
  );
  const recovered = troubled.length === 0 ? 0 : calls.due[troubled.at(-1)!]! - over.at;
  const failed = failedByOutcome(calls);
  const marks = scene
    .marks()
    .atLeast('goodput per second', goodput, 0.8 * capacity)
    .soon('p99 of rejections', rejection, 50)
    .atMost('memory, MB', grown, 150)
    .atMost('attempts per request', perCall, 1.2)
    .soon('recovered after', recovered, 5000)
    .atLeast('capacity per second', capacity, nominal / 2)
    .atLeast('requests that were refused', refused.length, asked.length / 3);
  return {
    requests: calls.id.length,
    failed,
    figures: {
      capacity: `${Math.round(capacity)}/s`,
      goodput: `${Math.round((goodput / capacity) * 100)} %`,
      'rejection p99 ms': round(rejection),
      'success p99 ms': round(
        percentile(
          good.map((n) => calls.ended[n]! - calls.due[n]!),
          0.99,
        ),
      ),
      'memory MB': round(grown),
      attempts: Math.round(perCall * 1000) / 1000,
      'recovered ms': round(recovered),
    },
    misses: marks.misses,
  };
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'overload',
    load: (size) => `${TIMES * nominalOf(size)}/s on ${COUNT} that run ${concurrencyFor(size)} at a time`,
    faults: ({ during }) => `${TIMES} x overload for ${during * 3} s`,
    passMark: 'goodput >= 80 %, rejections <= 50 ms, memory <= +150 MB, attempts <= 1.2 x, recovered <= 5 s',
    run: overload,
  },
];
