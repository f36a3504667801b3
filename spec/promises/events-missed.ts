import { type Promised, without } from './promise.js';

const EVENT_SERVER = 'spec/unit/runtime/event-server.spec.ts';
const FEED = 'spec/unit/delivery/feed.spec.ts';

/** What becomes of events that a subscriber could not take, or takes late. */
export const MISSED: readonly Promised[] = [
  {
    id: 'EVT-10',
    promise:
      'What is lost while a connection is away is counted as well, and told: to `events.onGap` and to the subscription’s own `onGap`.',
    proofs: [
      {
        spec: EVENT_SERVER,
        title: 'counts on, and says what is lost of what was under way and of what was published since',
        off: [
          without(
            'lib/runtime/subscriptions.ts',
            'this.away.set(awayKey(session.instance, subscription.id), subscription);',
          ),
        ],
      },
      {
        spec: FEED,
        title:
          'subscribes again after a reconnection, says what it had, and counts what the publisher says is lost',
        off: [without('lib/delivery/feed.ts', 'if (l !== undefined && l > 0)', 'if (false)')],
      },
      {
        spec: FEED,
        title: 'tells what is missing: to the application, to the subscription, in its stats',
        off: [
          without(
            'lib/delivery/gaps.ts',
            'for (const listener of [this.onGap, handler.onGap]) this.tell(listener, gap);',
            'void this.tell;',
          ),
        ],
      },
    ],
  },
  {
    id: 'EVT-11',
    promise:
      'With `events.replay` a subscriber gets what it missed from a ring, in order and before what is new; what has left the ring is counted.',
    proofs: [
      {
        spec: EVENT_SERVER,
        title: 'goes on after the last that had arrived before the connection was lost',
        off: [without('lib/runtime/event-server.ts', 'this.ring?.add(tail)', 'undefined')],
      },
      {
        spec: EVENT_SERVER,
        title: 'sends a subscriber that was full what it missed, in order and before what is new',
        off: [without('lib/runtime/event-server.ts', 'subscription.sent === undefined &&\n')],
      },
      {
        spec: EVENT_SERVER,
        title: 'says how many the ring does not have any more, in number and in size',
        off: [without('lib/runtime/event-server.ts', 'Math.max(0, first - 1 - last)', '0')],
      },
    ],
  },
  {
    id: 'EVT-12',
    promise: 'Events of one `key` are handled in order also where `concurrency` lets several run at a time.',
    proofs: [
      {
        spec: FEED,
        title: 'handles as many at a time as `concurrency` says, those of one key one after another',
        off: [
          without('lib/runtime/lanes.ts', 'if (key === undefined || this.concurrency === 1)', 'if (true)'),
        ],
      },
    ],
  },
  {
    id: 'EVT-13',
    promise:
      'A slow subscriber shows on both sides: in the log, and in `app.status().events` as `slow` at the publisher and `behind` where it is.',
    proofs: [
      {
        spec: EVENT_SERVER,
        title: 'tells who is too slow, and says so once',
        off: [without('lib/runtime/event-server.ts', 'this.slow.dropped(subscription.session);')],
      },
      {
        spec: FEED,
        title: 'tells within two seconds that it is behind while its handlers hold everything up, and once',
        off: [
          without(
            'lib/delivery/feed.ts',
            'else if (pausedFor !== undefined) this.lag = pausedFor + wait;',
            '',
          ),
        ],
      },
      {
        spec: FEED,
        title: 'tells that it is behind by how long events wait for its handlers, though it still reads',
        off: [without('lib/delivery/feed.ts', 'this.backlog.began(startedAt - heardAt);')],
      },
    ],
  },
  {
    id: 'EVT-14',
    promise:
      'What waits for an instance that leaves, or whose connection breaks, goes to another of its group.',
    proofs: [
      {
        spec: EVENT_SERVER,
        title: 'when it unsubscribes, and says that this was all',
        off: [without('lib/runtime/event-server.ts', 'this.handOver(session, [subscription]);')],
      },
      {
        spec: EVENT_SERVER,
        title: 'when its connection is lost, and counts nothing of that as lost when it comes back',
        off: [without('lib/runtime/event-server.ts', 'this.handOver(session, leaving);')],
      },
    ],
  },
  {
    id: 'EVT-15',
    promise: 'A publisher that dies takes no subscriber with it, however much of what it sent is unread.',
    proofs: [
      {
        spec: 'spec/integration/dead-publisher.spec.ts',
        title: 'does not take the subscriber with it',
        off: [
          without(
            'nucleus/zeromq.ts',
            'heartbeatInterval: 0,',
            'heartbeatInterval: 1000,\n  heartbeatTimeout: 60_000,',
          ),
        ],
      },
    ],
  },
];
