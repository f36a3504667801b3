import { type Chapter, without } from './promise.js';

const FEED = 'spec/unit/delivery/feed.spec.ts';
const SERVER = 'spec/unit/runtime/event-server.spec.ts';
const PUBLISHER = 'spec/unit/delivery/publisher.spec.ts';

export const EVENTS: Chapter = {
  prefix: 'EVT',
  title: 'Events',
  promises: [
    {
      id: 'EVT-1',
      promise: 'Each listening service gets an event once, on one of its instances in turn (`group`).',
      spec: SERVER,
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
      id: 'EVT-2',
      promise: 'With `broadcast` every instance gets it.',
      spec: SERVER,
      title: 'sends to each broadcast subscription, and to one of each group in turn',
      off: [
        without(
          'lib/runtime/subscriptions.ts',
          "if (subscription.delivery === 'broadcast') each",
          'if (false) each',
        ),
      ],
    },
    {
      id: 'EVT-3',
      promise: 'A subscription `from` a service hears no other publisher.',
      spec: SERVER,
      title: 'takes patterns, and only the publisher that was asked for',
      off: [without('lib/runtime/subscriptions.ts', 'if (!isFrom(subscription.from, publisher)) continue;')],
    },
    {
      id: 'EVT-4',
      promise: 'Events of one publisher and topic are handled in order, one at a time.',
      spec: FEED,
      title: 'hands on events in order, one at a time for one publisher and topic',
      off: [
        without('lib/delivery/local-subscription.ts', 'new Lanes(handler.concurrency)', 'new Lanes(100)'),
      ],
    },
    {
      id: 'EVT-5',
      promise:
        'A loss is seen: events are numbered for each recipient, and what is missing is counted and logged.',
      spec: FEED,
      title: 'counts what is missing between events, and after the last by heartbeat',
      off: [without('lib/delivery/feed.ts', 'if (event.n !== active.last + 1)', 'if (false)')],
    },
    {
      id: 'EVT-6',
      promise: 'So is the loss of the last one: a heartbeat within a second tells how many there were.',
      spec: SERVER,
      title: 'tells the last sequences within a second after the last event, and then is silent',
      off: [
        without(
          'lib/runtime/event-server.ts',
          'if (this.heartbeat === undefined) this.heartbeat = this.host.clock.after(HEARTBEAT, this.beat);',
        ),
      ],
    },
    {
      id: 'EVT-7',
      promise:
        'The first event is not lost: `publish` waits for subscribers that are known and not connected yet.',
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
      id: 'EVT-8',
      promise: 'It waits a second at most (`subscriberWait`), and once.',
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
    {
      id: 'EVT-9',
      promise: 'The receipt of `publish` says how many should have had the event and could not take it.',
      spec: SERVER,
      title: 'counts what a full budget drops, and its subscriber sees the gap',
      off: [
        without(
          'lib/runtime/event-server.ts',
          'if (!this.send(subscription, encode)) dropped++;',
          'if (!this.send(subscription, encode)) instances++;',
        ),
      ],
    },
    {
      id: 'EVT-10',
      promise: 'What the instance whose turn it is cannot take goes to another of its service.',
      spec: SERVER,
      title: 'gives the event of a full member to another, without a gap; all full is a drop',
      off: [
        without(
          'lib/runtime/event-server.ts',
          'if (this.send(member, encode)) return member;',
          'return this.send(member, encode) ? member : undefined;',
        ),
      ],
    },
    {
      id: 'EVT-11',
      promise: 'An instance that has been silent for 1.5 s is passed over while another is heard.',
      spec: SERVER,
      title: 'passes over a member that has been quiet, unless all have',
      off: [
        without(
          'lib/runtime/event-server.ts',
          'if (member.session.heardAt >= quiet !== wantHeard) continue;',
        ),
      ],
    },
    {
      id: 'EVT-12',
      promise: 'A slow subscriber costs its publisher at most its budget (16 MiB).',
      spec: 'spec/unit/transport/outbox.spec.ts',
      title: 'takes one part that is larger than the whole budget, alone',
      off: [
        without(
          'lib/transport/outbox.ts',
          'if (queued > 0 && queued + part.length > this.budget) return false;',
        ),
      ],
    },
    {
      id: 'EVT-13',
      promise: 'A subscriber whose handlers are slow stops reading, so its own memory stays small too.',
      spec: FEED,
      title: 'stops reading while too many wait, and goes on when they are handled',
      off: [without('lib/delivery/feed.ts', 'this.connection.pause();')],
    },
    {
      id: 'EVT-14',
      promise: 'A handler that throws is logged and counted, and the next event is handled.',
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
};
