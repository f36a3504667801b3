import { type Promised, without } from './promise.js';

const EJECTION = 'spec/unit/delivery/ejection.spec.ts';
const BREAKER = 'spec/unit/delivery/breaker.spec.ts';
const REQUESTER = 'spec/unit/delivery/requester.spec.ts';
const REQUESTER_LIMITS = 'spec/unit/delivery/requester-limits.spec.ts';
const REQUEST_HOLDING = 'spec/unit/runtime/request-holding.spec.ts';

/** Which instance gets a request, and how many it gets. */
export const INSTANCES: readonly Promised[] = [
  {
    id: 'REQ-17',
    promise:
      'Of two random instances the cheaper gets the request: by what it has in flight, how slow it is, and how long its oldest has waited.',
    proofs: [
      {
        spec: 'spec/unit/delivery/balancer.spec.ts',
        title: 'never takes the most loaded of two or more',
        off: [without('lib/delivery/balancer.ts', 'return isCheaper(b, a, now) ? b : a;', 'return a;')],
      },
      {
        spec: EJECTION,
        title: 'asks the slow one little, by its latency',
        off: [without('lib/delivery/balancer.ts', 'Math.max(NOISE, latency, age)', 'Math.max(NOISE, age)')],
      },
      {
        spec: EJECTION,
        title: 'asks one little whose oldest call hangs, before anything of it is answered',
        off: [
          without('lib/delivery/balancer.ts', 'Math.max(NOISE, latency, age)', 'Math.max(NOISE, latency)'),
        ],
      },
      {
        spec: EJECTION,
        title: 'does not take quick refusals for speed',
        off: [without('lib/delivery/latency.ts', 'if (least > this.average) this.average = least;')],
      },
    ],
  },
  {
    id: 'REQ-18',
    promise:
      'Five requests in a row that come to nothing, or success below 80 % of 20, eject an instance: 5 s, longer each time, 60 s at most.',
    proofs: [
      {
        spec: EJECTION,
        title:
          'ejects an instance after five timeouts in a row, tells the log and the status, and asks the others',
        off: [without('lib/delivery/breaker.ts', 'ones(this.recent) >= TOO_MANY', 'false')],
      },
      {
        spec: BREAKER,
        title: 'ejects under 80 % success over the last 20 calls, and not at 80 %',
        off: [
          without('lib/delivery/breaker.ts', 'this.recent = (this.recent << 1) & MASK', 'this.recent = 0'),
        ],
      },
      {
        spec: BREAKER,
        title:
          'ejects for longer each time in a row, for a minute at most, and begins anew after a good minute',
        off: [without('lib/delivery/breaker.ts', 'FIRST_EJECTION * this.count', 'FIRST_EJECTION')],
      },
    ],
  },
  {
    id: 'REQ-19',
    promise: 'After an ejection one real request finds out whether the instance is well again.',
    proofs: [
      {
        spec: EJECTION,
        title: 'sends one real request after the ejection, and goes by what becomes of it',
        off: [without('lib/delivery/breaker.ts', "this.turn('probing');")],
      },
    ],
  },
  {
    id: 'REQ-20',
    promise:
      'Never more than half of the instances are ejected, and nobody for errors of its handlers or for refusals.',
    proofs: [
      {
        spec: EJECTION,
        title: 'never ejects more than half of the instances',
        off: [
          without(
            'lib/delivery/service-routes.ts',
            '(this.peers.length - this.healthy.length + 1) * 2 <= this.peers.length',
            'true',
          ),
        ],
      },
      {
        spec: EJECTION,
        title: 'does not mind errors of handlers, and answers that turn calls down',
        off: [
          without(
            'lib/delivery/peer.ts',
            'this.breaker.succeeded(call, now);',
            "this.breaker[envelope.t === 'err' ? 'failed' : 'succeeded'](call, now);",
          ),
        ],
      },
    ],
  },
  {
    id: 'REQ-21',
    promise:
      'At most 10,000 requests and 16 MiB are in flight to one instance, and what none has room for fails at once; an instance takes on 20,000 of a connection at most, whatever its caller keeps to.',
    proofs: [
      {
        spec: REQUESTER,
        title: 'limits what is in flight to one instance',
        off: [without('lib/delivery/peer.ts', 'inFlight < MAX_IN_FLIGHT &&')],
      },
      {
        spec: EJECTION,
        title: 'limits the bytes in flight to one instance, but for one call alone',
        off: [without('lib/delivery/peer.ts', '<= MAX_IN_FLIGHT_SIZE', '<= Infinity')],
      },
      {
        spec: REQUESTER,
        title: 'says that it is full where the byte budget is used up',
        off: [
          without(
            'lib/delivery/requester.ts',
            'call.tried !== undefined && this.isTurnedAway(call)',
            'false',
          ),
        ],
      },
      {
        spec: 'spec/unit/runtime/request-server.spec.ts',
        title: 'takes on 20,000 requests of one connection at a time, and refuses more',
        off: [without('lib/runtime/request-server.ts', '|| expired || full', '|| expired')],
      },
    ],
  },
  {
    id: 'REQ-22',
    promise:
      '`concurrency` limits what runs at a time; ten times as many wait in order, and what finds no place is refused at once.',
    proofs: [
      {
        spec: REQUEST_HOLDING,
        title: 'runs as many at a time, and the others after them in order',
        off: [without('lib/runtime/gate.ts', 'if (gate.inside < gate.limit) continue;', 'continue;')],
      },
      {
        spec: REQUEST_HOLDING,
        title: 'refuses at once what finds no place among those that wait',
        off: [without('lib/runtime/gate.ts', 'if (this.waiting.length >= most) return false;')],
      },
    ],
  },
  {
    id: 'REQ-23',
    promise: 'A handler’s own `timeout` answers for it and aborts it; its place is free once it has ended.',
    proofs: [
      {
        spec: REQUEST_HOLDING,
        title: 'answers for the handler, aborts it, and keeps its place until it ends',
        off: [without('lib/runtime/held-requests.ts', 'this.host.deadlines.add(held, now + timeout);')],
      },
    ],
  },
  {
    id: 'REQ-24',
    promise:
      'What is meant for another instance, such as one that had the port before, is refused and not run.',
    proofs: [
      {
        spec: 'spec/unit/runtime/sessions.spec.ts',
        title: 'refuse what is meant for another instance, requests and signals one by one',
        off: [without('lib/runtime/sessions.ts', 'batch.target !== self.id && !isProbe(batch)', 'false')],
      },
    ],
  },
  {
    id: 'REQ-25',
    promise: '`fallback` answers where no instance gave a result.',
    proofs: [
      {
        spec: 'spec/unit/client/fallback.spec.ts',
        title: 'is the result where nobody offers the service, as a value or a function of the error',
        off: [without('lib/client/calls.ts', 'if (!hasFallback(error)) throw thrown;', 'throw thrown;')],
      },
    ],
  },
  {
    id: 'REQ-26',
    promise:
      'Calls that wait for a service that is not found yet are bounded like those in flight: 10,000, and 16 MiB.',
    proofs: [
      {
        spec: REQUESTER_LIMITS,
        title: 'lets no more calls, and no more of their text, wait for services that are not found yet',
        off: [without('lib/delivery/unrouted.ts', 'size >= MAX_IN_FLIGHT ||')],
      },
      {
        spec: REQUESTER_LIMITS,
        title: 'lets no more calls, and no more of their text, wait for services that are not found yet',
        off: [without('lib/delivery/unrouted.ts', '> MAX_IN_FLIGHT_SIZE', '> Infinity')],
      },
    ],
  },
];
