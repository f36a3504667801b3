import { type Chapter, without } from './promise.js';

const RETRIES = 'spec/unit/delivery/retries.spec.ts';
const REQUESTER = 'spec/unit/delivery/requester.spec.ts';
const EJECTION = 'spec/unit/delivery/ejection.spec.ts';
const BREAKER = 'spec/unit/delivery/breaker.spec.ts';
const SERVER = 'spec/unit/runtime/request-server.spec.ts';
const HOLDING = 'spec/unit/runtime/request-holding.spec.ts';

export const REQUESTS: Chapter = {
  prefix: 'REQ',
  title: 'Requests',
  promises: [
    {
      id: 'REQ-1',
      promise:
        'A request that runs out of time says whether it had been sent: `UNKNOWN` if it had, `NOT_SENT` if not.',
      spec: REQUESTER,
      title: 'times out, UNKNOWN if it was sent and NOT_SENT if not, and tells the server',
      off: [
        without(
          'lib/delivery/call.ts',
          'for ${target}`,\n      this.sent',
          'for ${target}`,\n      !this.sent',
        ),
      ],
    },
    {
      id: 'REQ-2',
      promise: 'A request whose connection is lost after it was sent is `UNKNOWN`: it may have run.',
      spec: REQUESTER,
      title: 'does not know what became of a call whose connection was lost',
      off: [
        without(
          'lib/delivery/retry-policy.ts',
          "outcome: 'UNKNOWN', service",
          "outcome: 'NOT_SENT', service",
        ),
      ],
    },
    {
      id: 'REQ-3',
      promise: 'What a handler threw is `FAILED`: it ran.',
      spec: SERVER,
      title: 'lets an AtomError through as it is, as FAILED',
      off: [without('lib/runtime/request-server.ts', "outcome = 'FAILED';")],
    },
    {
      id: 'REQ-4',
      promise: 'What a server refuses before it runs is `REJECTED`.',
      spec: SERVER,
      title: 'refuses a service that is not here and an operation that does not exist',
      off: [
        without(
          'lib/runtime/request-server.ts',
          "encodeError(envelope.i, error, 'REJECTED')",
          "encodeError(envelope.i, error, 'FAILED')",
        ),
      ],
    },
    {
      id: 'REQ-5',
      promise: 'At most once: a plain request that may have run is not repeated.',
      spec: RETRIES,
      title: 'does not repeat a plain call that may have run',
      off: [
        without('lib/delivery/retry-policy.ts', 'return operation?.idempotent === true;', 'return true;'),
      ],
    },
    {
      id: 'REQ-6',
      promise: 'An idempotent one that may have run is repeated on another instance at once.',
      spec: RETRIES,
      title: 'repeats an idempotent one on another instance at once',
      off: [
        without(
          'lib/delivery/retry-policy.ts',
          'if (options.idempotent !== undefined) return options.idempotent;',
          'if (options.idempotent !== undefined) return false;',
        ),
      ],
    },
    {
      id: 'REQ-7',
      promise: 'Once an attempt may have run the outcome stays `UNKNOWN`, whatever a later attempt says.',
      spec: RETRIES,
      title: 'keeps to the one deadline, and still says that it may have run',
      off: [without('lib/delivery/call.ts', 'this.uncertain &&', 'false &&')],
    },
    {
      id: 'REQ-8',
      promise: 'What an instance turns down, because it is draining or overloaded, is asked of another.',
      spec: RETRIES,
      title: 'asks another instance at once when one is overloaded, and says which attempt it is',
      off: [without('lib/delivery/retry-policy.ts', "return o === 'REJECTED' &&", 'return false &&')],
    },
    {
      id: 'REQ-9',
      promise: 'The first retry comes at once.',
      spec: RETRIES,
      title: 'asks another instance at once when one is overloaded, and says which attempt it is',
      off: [without('lib/delivery/retries.ts', 'elsewhere && call.attempts === 1', 'false')],
    },
    {
      id: 'REQ-10',
      promise: 'An instance that cannot be reached costs no attempt: the next one is asked at once.',
      spec: RETRIES,
      title: 'does not count instances that cannot be reached as attempts',
      off: [
        without(
          'lib/delivery/peer.ts',
          'this.owner.returned(call);',
          'this.owner.ended(call, lostError(call, this.instance), this);',
        ),
      ],
    },
    {
      id: 'REQ-11',
      promise:
        'What a handler threw is repeated only where the error is `retryable` and the call idempotent.',
      spec: RETRIES,
      title: 'repeats what a handler threw only where the error is retryable and the call idempotent',
      off: [
        without(
          'lib/delivery/retry-policy.ts',
          '|| retryable) && isIdempotent',
          '|| retryable) || isIdempotent',
        ),
      ],
    },
    {
      id: 'REQ-12',
      promise: 'At most three attempts of a call are sent.',
      spec: RETRIES,
      title: 'sends three attempts at most, or as many as the call says, with a wait before the third',
      off: [without('lib/delivery/retries.ts', 'attempts <= (options', 'attempts <= 9 + (options')],
    },
    {
      id: 'REQ-13',
      promise:
        'From the second retry on there is a wait, random below 50 ms and twice as long each time, at most 1 s.',
      spec: 'spec/unit/delivery/retry-policy.spec.ts',
      title: 'waits at random, below a bound that doubles from 50 ms to 1 s',
      off: [without('lib/delivery/retry-policy.ts', 'return random() * Math', 'return Math')],
    },
    {
      id: 'REQ-14',
      promise: 'Retries keep to a budget for each service: a fifth of its recent requests, and ten a second.',
      spec: RETRIES,
      title: 'stops when the budget is used up',
      off: [without('lib/delivery/retry-budget.ts', 'if (this.tokens < 1) return false;')],
    },
    {
      id: 'REQ-15',
      promise: 'Every request has a deadline, 10 s where none is named.',
      spec: 'spec/unit/testing/test-application.spec.ts',
      title: 'lets a request time out as soon as the fake clock says so',
      off: [without('lib/delivery/requester.ts', '?? this.options.requestTimeout', '?? 3_600_000')],
    },
    {
      id: 'REQ-16',
      promise: 'All attempts of a call share its one deadline.',
      spec: RETRIES,
      title: 'keeps to the one deadline, and still says that it may have run',
      off: [
        without(
          'lib/delivery/call.ts',
          'Math.ceil(this.deadline)',
          'Math.ceil(this.deadline) + 1000 * this.attempts',
        ),
      ],
    },
    {
      id: 'REQ-17',
      promise: 'A call that a handler makes inherits what is left of its deadline.',
      spec: REQUESTER,
      title: 'inherits deadline, trace and end of the message being handled',
      off: [without('lib/delivery/requester.ts', 'parent?.deadline ?? Infinity', 'Infinity')],
    },
    {
      id: 'REQ-18',
      promise: "A handler's `abortSignal` fires at its deadline.",
      spec: 'spec/unit/runtime/inbound-context.spec.ts',
      title: 'sets no timer until its abort signal is asked for, which then fires at the deadline',
      off: [
        without('lib/runtime/inbound-context.ts', 'this.host.deadlines.add(this, this.deadline)', 'void 0'),
      ],
    },
    {
      id: 'REQ-19',
      promise: 'What has expired when it arrives is not run.',
      spec: SERVER,
      title: 'does not run what has expired',
      off: [
        without(
          'lib/runtime/request-server.ts',
          'const expired = deadline <= now;',
          'const expired = false;',
        ),
      ],
    },
    {
      id: 'REQ-20',
      promise:
        'Nor is what expired while the process was frozen, which shows in the clock that each batch carries.',
      spec: SERVER,
      title: 'does not run what waited in a freeze longer than it had',
      off: [without('lib/runtime/peer-clock.ts', 'if (offset < this.current) this.current', 'this.current')],
    },
    {
      id: 'REQ-21',
      promise: 'When a caller gives up, with an `AbortSignal`, the server is told.',
      spec: REQUESTER,
      title: 'is given up by its abort signal: before, while waiting, and after it was sent',
      off: [
        without('lib/delivery/call.ts', "signal.addEventListener('abort', this.aborted, { once: true });"),
      ],
    },
    {
      id: 'REQ-22',
      promise: "The handler's `abortSignal` fires then, and when its caller leaves or is lost.",
      spec: SERVER,
      title: 'fires the abort signal on CANCEL, when the caller leaves, and when it is lost',
      off: [without('lib/runtime/request-server.ts', 'this.cancel(session.running.get(envelope.i));')],
    },
    {
      id: 'REQ-23',
      promise: 'A repeat with the same `idempotencyKey` is answered from memory, not run again.',
      spec: HOLDING,
      title: 'runs a request once, and answers its repeats from memory, also on another connection',
      off: [
        without(
          'lib/runtime/remembered.ts',
          'if (known === undefined) {',
          'if (known?.tail !== undefined || !known) {',
        ),
      ],
    },
    {
      id: 'REQ-24',
      promise: 'That memory is bounded: the newest 10,000 answers, of 16 MiB together.',
      spec: 'spec/unit/runtime/remembered.spec.ts',
      title: 'keeps 10,000 answers, the newest',
      off: [without('lib/runtime/remembered.ts', 'this.answers.size > MAX_ANSWERS ||')],
    },
    {
      id: 'REQ-25',
      promise: 'It lasts 60 s.',
      spec: 'spec/unit/runtime/remembered.spec.ts',
      title: 'forgets after 60 s',
      off: [without('lib/runtime/remembered.ts', '!tooMany && now - at < KEPT_FOR', '!tooMany')],
    },
    {
      id: 'REQ-26',
      promise: 'A call with an `idempotencyKey` that may have run is asked again of the same instance only.',
      spec: RETRIES,
      title: 'asks only the instance that remembers, once it is back',
      off: [
        without(
          'lib/delivery/retries.ts',
          '      call.instance = peer.instance;',
          '      call.failure = error;',
        ),
      ],
    },
    {
      id: 'REQ-27',
      promise: 'Equal `key`s go to the same instance while it is there.',
      spec: RETRIES,
      title: 'sends equal keys to the same instance, and another when that one has gone',
      off: [
        without(
          'lib/delivery/choose.ts',
          'key === undefined ? pick(candidates, random, now) : ownerOf(candidates, key)',
          'pick(candidates, random, now)',
        ),
      ],
    },
    {
      id: 'REQ-28',
      promise: 'Requests with equal `key`s run one after another.',
      spec: HOLDING,
      title: 'has equal ones run one after another, and others beside them',
      off: [without('lib/runtime/held-requests.ts', 'new Lanes(1)', 'new Lanes(100)')],
    },
    {
      id: 'REQ-29',
      promise: 'Where nobody offers the service a request fails at once.',
      spec: REQUESTER,
      title: 'fails at once, with a hint where a name is close',
      off: [without('lib/delivery/requester.ts', 'now < this.graceEnds', 'true')],
    },
    {
      id: 'REQ-30',
      promise:
        'Except in the first second of an application (`discoveryGrace`), in which it waits for the service.',
      spec: REQUESTER,
      title: 'waits for it within the grace of the start, and no longer',
      off: [without('lib/delivery/requester.ts', 'now < this.graceEnds', 'false')],
    },
    {
      id: 'REQ-31',
      promise: 'Of two random instances the one with less in flight gets the request.',
      spec: 'spec/unit/delivery/balancer.spec.ts',
      title: 'never takes the most loaded of two or more',
      off: [without('lib/delivery/balancer.ts', 'return isCheaper(b, a, now) ? b : a;', 'return a;')],
    },
    {
      id: 'REQ-32',
      promise: 'An instance that is slow, by its recent peaks, gets little.',
      spec: EJECTION,
      title: 'asks the slow one little, by its latency',
      off: [without('lib/delivery/balancer.ts', 'Math.max(NOISE, latency, age)', 'Math.max(NOISE, age)')],
    },
    {
      id: 'REQ-33',
      promise: 'So does one whose oldest request hangs, before anything of it was answered.',
      spec: EJECTION,
      title: 'asks one little whose oldest call hangs, before anything of it is answered',
      off: [without('lib/delivery/balancer.ts', 'Math.max(NOISE, latency, age)', 'Math.max(NOISE, latency)')],
    },
    {
      id: 'REQ-34',
      promise: 'Quick refusals are not taken for speed.',
      spec: EJECTION,
      title: 'does not take quick refusals for speed',
      off: [without('lib/delivery/latency.ts', 'if (least > this.average) this.average = least;')],
    },
    {
      id: 'REQ-35',
      promise: 'Five requests in a row that come to nothing eject an instance.',
      spec: EJECTION,
      title:
        'ejects an instance after five timeouts in a row, tells the log and the status, and asks the others',
      off: [without('lib/delivery/breaker.ts', 'ones(this.recent) >= TOO_MANY', 'false')],
    },
    {
      id: 'REQ-36',
      promise: 'So does less than 80 % success over 20 requests.',
      spec: BREAKER,
      title: 'ejects under 80 % success over the last 20 calls, and not at 80 %',
      off: [without('lib/delivery/breaker.ts', 'this.recent = (this.recent << 1) & MASK', 'this.recent = 0')],
    },
    {
      id: 'REQ-37',
      promise: 'An ejection lasts 5 s, longer each time in a row, 60 s at most.',
      spec: BREAKER,
      title:
        'ejects for longer each time in a row, for a minute at most, and begins anew after a good minute',
      off: [without('lib/delivery/breaker.ts', 'FIRST_EJECTION * this.count', 'FIRST_EJECTION')],
    },
    {
      id: 'REQ-38',
      promise: 'After it one real request finds out whether the instance is well again.',
      spec: EJECTION,
      title: 'sends one real request after the ejection, and goes by what becomes of it',
      off: [without('lib/delivery/breaker.ts', "this.turn('probing');")],
    },
    {
      id: 'REQ-39',
      promise: 'Never more than half of the instances are ejected.',
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
      id: 'REQ-40',
      promise: "A handler's own errors, and refusals, eject nobody.",
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
    {
      id: 'REQ-41',
      promise:
        'An instance that freezes costs an idempotent request nothing: another is asked as soon as it is noticed.',
      spec: RETRIES,
      title: 'asks another one for what is idempotent, and cancels the old attempt',
      off: [without('lib/delivery/retries.ts', 'if (other === undefined || routes', 'if (true || routes')],
    },
    {
      id: 'REQ-42',
      promise: 'What no instance has room for fails at once, `RESOURCE_EXHAUSTED` and `NOT_SENT`.',
      spec: REQUESTER,
      title: 'says that it is full where the byte budget is used up',
      off: [
        without('lib/delivery/requester.ts', 'call.tried !== undefined && this.isTurnedAway(call)', 'false'),
      ],
    },
    {
      id: 'REQ-43',
      promise: 'At most 10,000 requests are in flight to one instance; more fail at once.',
      spec: REQUESTER,
      title: 'limits what is in flight to one instance',
      off: [without('lib/delivery/peer.ts', 'inFlight < MAX_IN_FLIGHT &&')],
    },
    {
      id: 'REQ-44',
      promise: 'And at most 16 MiB of them.',
      spec: EJECTION,
      title: 'limits the bytes in flight to one instance, but for one call alone',
      off: [without('lib/delivery/peer.ts', '<= MAX_IN_FLIGHT_SIZE', '<= Infinity')],
    },
    {
      id: 'REQ-45',
      promise: '`concurrency` limits what runs at a time; the others wait in order.',
      spec: HOLDING,
      title: 'runs as many at a time, and the others after them in order',
      off: [without('lib/runtime/gate.ts', 'if (gate.inside < gate.limit) continue;', 'continue;')],
    },
    {
      id: 'REQ-46',
      promise: 'Ten times as many may wait; what finds no place is refused at once.',
      spec: HOLDING,
      title: 'refuses at once what finds no place among those that wait',
      off: [without('lib/runtime/gate.ts', 'if (this.waiting.length - this.head >= most) return false;')],
    },
    {
      id: 'REQ-47',
      promise: 'What expires while it waits is dropped, not run.',
      spec: HOLDING,
      title: 'drops what has expired, or was given up, while it waited',
      off: [
        without(
          'lib/runtime/held-request.ts',
          'if (context.deadline > now) return undefined;',
          'return undefined;',
        ),
      ],
    },
    {
      id: 'REQ-48',
      promise: "A handler's own `timeout` answers for it and aborts it; its place is free once it has ended.",
      spec: HOLDING,
      title: 'answers for the handler, aborts it, and keeps its place until it ends',
      off: [without('lib/runtime/held-requests.ts', 'this.host.deadlines.add(held, now + timeout);')],
    },
    {
      id: 'REQ-49',
      promise:
        'What is meant for another instance, such as one that had the port before, is refused and not run.',
      spec: 'spec/unit/runtime/sessions.spec.ts',
      title: 'refuse what is meant for another instance, requests and signals one by one',
      off: [without('lib/runtime/sessions.ts', 'batch.target !== self.id && !isProbe(batch)', 'false')],
    },
    {
      id: 'REQ-50',
      promise: '`fallback` answers where no instance gave a result.',
      spec: 'spec/unit/client/fallback.spec.ts',
      title: 'is the result where nobody offers the service, as a value or a function of the error',
      off: [without('lib/client/calls.ts', 'if (!hasFallback(error)) throw thrown;', 'throw thrown;')],
    },
  ],
};
