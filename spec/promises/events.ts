import { MISSED } from './events-missed.js';
import { type Chapter, without } from './promise.js';

const EVENT_SERVER = 'spec/unit/runtime/event-server.spec.ts';
const FEED = 'spec/unit/delivery/feed.spec.ts';
const PUBLISHER = 'spec/unit/delivery/publisher.spec.ts';

export const EVENTS: Chapter = {
  prefix: 'EVT',
  title: 'Events',
  promises: [
    {
      id: 'EVT-1',
      promise:
        'Each listening service gets an event once, on one of its instances in turn; with `broadcast` every instance gets it.',
      proofs: [
        {
          spec: EVENT_SERVER,
          title: 'sends to each broadcast subscription, and to one of each group in turn',
          off: [
            without(
              'lib/runtime/subscriptions.ts',
              "if (subscription.delivery === 'broadcast') each",
              'if (true) each',
            ),
          ],
        },
        {
          spec: EVENT_SERVER,
          title: 'sends to each broadcast subscription, and to one of each group in turn',
          off: [
            without(
              'lib/runtime/subscriptions.ts',
              "if (subscription.delivery === 'broadcast') each",
              'if (false) each',
            ),
          ],
        },
      ],
    },
    {
      id: 'EVT-2',
      promise: 'A subscription `from` a service hears no other publisher.',
      proofs: [
        {
          spec: EVENT_SERVER,
          title: 'takes patterns, and only the publisher that was asked for',
          off: [
            without(
              'lib/runtime/subscriptions.ts',
              "return from === undefined || publisher === '' || from === publisher;",
              'return true;',
            ),
          ],
        },
      ],
    },
    {
      id: 'EVT-3',
      promise: 'Events and signals of one publisher and topic are handled in order, one at a time.',
      proofs: [
        {
          spec: FEED,
          title: 'hands on events in order, one at a time for one publisher and topic',
          off: [
            without('lib/delivery/local-subscription.ts', 'new Lanes(handler.concurrency)', 'new Lanes(100)'),
          ],
        },
        {
          spec: 'spec/unit/runtime/request-server.spec.ts',
          title: 'are handled in order, one at a time, and others beside them',
          off: [without('lib/runtime/signals.ts', 'new Lanes(handler.concurrency)', 'new Lanes(100)')],
        },
      ],
    },
    {
      id: 'EVT-4',
      promise:
        'A loss is seen: what is missing between events is counted and logged, and a heartbeat tells of the last one within a second.',
      proofs: [
        {
          spec: FEED,
          title: 'counts what is missing between events, and after the last by heartbeat',
          off: [without('lib/delivery/feed.ts', 'this.expect(active, event.n - 1)', 'void 0')],
        },
        {
          spec: EVENT_SERVER,
          title: 'tells the last sequences within a second after the last event, and then is silent',
          off: [
            without(
              'lib/runtime/heartbeats.ts',
              'if (this.timer === undefined) this.timer = this.clock.after(HEARTBEAT, this.beat);',
            ),
          ],
        },
      ],
    },
    {
      id: 'EVT-5',
      promise:
        'The first event is not lost: `publish` waits, 1 s at most, for subscribers that are known and not connected yet.',
      proofs: [
        {
          spec: PUBLISHER,
          title: 'waits until who is announced has subscribed, so that the first event is not lost',
          off: [
            without(
              'lib/delivery/publisher.ts',
              'const ready = this.expected.ready(event.topic, event.by);',
              'const ready = undefined;',
            ),
          ],
        },
        {
          spec: PUBLISHER,
          title: 'waits a second at most, and then no more for this one',
          off: [
            without(
              'lib/delivery/expected-subscribers.ts',
              'this.clock.after(this.wait,',
              'this.clock.after(60 * this.wait,',
            ),
          ],
        },
      ],
    },
    {
      id: 'EVT-6',
      promise: 'The receipt of `publish` says how many should have had the event and could not take it.',
      proofs: [
        {
          spec: EVENT_SERVER,
          title: 'counts what a full budget drops, and its subscriber sees the gap',
          off: [
            without(
              'lib/runtime/event-server.ts',
              'if (!this.send(subscription, encode',
              'if (undefined === this.send(subscription, encode',
            ),
          ],
        },
      ],
    },
    {
      id: 'EVT-7',
      promise:
        'What the instance whose turn it is cannot take goes to another of its service; one that is silent for 1.5 s is passed over.',
      proofs: [
        {
          spec: EVENT_SERVER,
          title: 'gives the event of a full member to another, without a gap; all full is a drop',
          off: [
            without(
              'lib/runtime/event-server.ts',
              'for (let step = 0; step < members.length; step++)',
              'for (let step = 0; step < 1; step++)',
            ),
          ],
        },
        {
          spec: EVENT_SERVER,
          title: 'passes over a member that has been quiet, unless all have',
          off: [
            without('lib/runtime/event-server.ts', 'member.session.heardAt >= quiet !== wantHeard', 'false'),
          ],
        },
      ],
    },
    {
      id: 'EVT-8',
      promise:
        'A slow subscriber costs its publisher at most its budget (16 MiB), and stops reading before its own memory grows.',
      proofs: [
        {
          spec: 'spec/unit/transport/outbox.spec.ts',
          title: 'takes one part that is larger than the whole budget, alone',
          off: [without('lib/transport/outbox.ts', 'if (queued > 0 && queued +', 'if (false && queued +')],
        },
        {
          spec: FEED,
          title: 'stops reading while too many wait, and goes on when they are handled',
          off: [without('lib/delivery/event-backlog.ts', 'this.connection.pause();')],
        },
      ],
    },
    {
      id: 'EVT-9',
      promise: 'A handler that throws is logged and counted, and the next event is handled.',
      proofs: [
        {
          spec: FEED,
          title: 'goes on after a handler that throws, at once or later, or gets what it does not take',
          off: [
            without(
              'lib/delivery/feed.ts',
              "if (error !== undefined) context.logger.error({ err: error }, 'event handler failed');",
            ),
          ],
        },
      ],
    },
    ...MISSED,
  ],
};
