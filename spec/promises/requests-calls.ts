import { type Promised, without } from './promise.js';

const REQUESTER = 'spec/unit/delivery/requester.spec.ts';
const REQUEST_SERVER = 'spec/unit/runtime/request-server.spec.ts';
const RETRIES = 'spec/unit/delivery/retries.spec.ts';
const REQUEST_HOLDING = 'spec/unit/runtime/request-holding.spec.ts';
const REMEMBERED = 'spec/unit/runtime/remembered.spec.ts';

/** What holds for one call: its time, its end and its keys. */
export const CALLS: readonly Promised[] = [
  {
    id: 'REQ-10',
    promise: 'Every request has a deadline, 10 s where none is named, and all its attempts share it.',
    proofs: [
      {
        spec: 'spec/unit/testing/test-application.spec.ts',
        title: 'lets a request time out as soon as the fake clock says so',
        off: [without('lib/delivery/requester.ts', '?? this.options.requestTimeout', '?? 3_600_000')],
      },
      {
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
    ],
  },
  {
    id: 'REQ-11',
    promise: 'A call that a handler makes inherits what is left of its deadline.',
    proofs: [
      {
        spec: REQUESTER,
        title: 'inherits deadline, trace and end of the message being handled',
        off: [without('lib/delivery/requester.ts', 'parent?.deadline ?? Infinity', 'Infinity')],
      },
    ],
  },
  {
    id: 'REQ-12',
    promise:
      'What has expired is not run: not when it arrives, not after the process was frozen, not after a wait for its turn.',
    proofs: [
      {
        spec: REQUEST_SERVER,
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
        spec: REQUEST_SERVER,
        title: 'does not run what waited in a freeze longer than it had',
        off: [
          without('lib/runtime/peer-clock.ts', 'if (offset < this.current) this.current', 'this.current'),
        ],
      },
      {
        spec: REQUEST_HOLDING,
        title: 'drops what has expired, or was given up, while it waited',
        off: [
          without(
            'lib/runtime/held-request.ts',
            'if (context.deadline > now) return undefined;',
            'return undefined;',
          ),
        ],
      },
    ],
  },
  {
    id: 'REQ-13',
    promise:
      'A handler’s `abortSignal` fires when its caller gives up, leaves or is lost, and at the deadline.',
    proofs: [
      {
        spec: REQUESTER,
        title: 'is given up by its abort signal: before, while waiting, and after it was sent',
        off: [
          without('lib/delivery/call.ts', "signal.addEventListener('abort', this.aborted, { once: true });"),
        ],
      },
      {
        spec: REQUEST_SERVER,
        title: 'fires the abort signal on CANCEL, when the caller leaves, and when it is lost',
        off: [without('lib/runtime/request-server.ts', 'this.cancel(session.running.get(envelope.i));')],
      },
      {
        spec: 'spec/unit/runtime/inbound-context.spec.ts',
        title: 'sets no timer until its abort signal is asked for, which then fires at the deadline',
        off: [
          without('lib/runtime/inbound-context.ts', 'this.host.deadlines.add(this, this.deadline)', 'void 0'),
        ],
      },
    ],
  },
  {
    id: 'REQ-14',
    promise:
      'A repeat with the same `idempotencyKey` is answered from memory (60 s, the newest 10,000), not run again; no other instance is asked.',
    proofs: [
      {
        spec: REQUEST_HOLDING,
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
        spec: REQUEST_HOLDING,
        title: 'is not given up while a repeat waits, and is where none does; what it came to is remembered',
        off: [without('lib/runtime/held-requests.ts', '|| part.startsWith(RESULT)')],
      },
      {
        spec: REQUEST_HOLDING,
        title: 'leaves a repeat to wait for the handler, which still runs',
        off: [
          without(
            'lib/runtime/held-requests.ts',
            "this.tell(held, encodeError(held.id, error, 'FAILED'));",
            "this.finish(held, encodeError(held.id, error, 'FAILED'), false);",
          ),
        ],
      },
      {
        spec: REMEMBERED,
        title: 'keeps 10,000 answers, the newest',
        off: [without('lib/runtime/remembered.ts', 'this.answers.size > MAX_ANSWERS ||')],
      },
      {
        spec: REMEMBERED,
        title: 'forgets after 60 s',
        off: [without('lib/runtime/remembered.ts', '!tooMany && now - at < KEPT_FOR', '!tooMany')],
      },
      {
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
    ],
  },
  {
    id: 'REQ-15',
    promise: 'Equal `key`s go to the same instance while it is there, and run one after another.',
    proofs: [
      {
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
        spec: REQUEST_HOLDING,
        title: 'has equal ones run one after another, and others beside them',
        off: [without('lib/runtime/held-requests.ts', 'new Lanes(1)', 'new Lanes(100)')],
      },
    ],
  },
  {
    id: 'REQ-16',
    promise:
      'Where nobody offers the service a request fails at once, but for the first second of an application (`discoveryGrace`).',
    proofs: [
      {
        spec: REQUESTER,
        title: 'fails at once, with a hint where a name is close',
        off: [without('lib/delivery/requester.ts', 'now < this.graceEnds', 'true')],
      },
      {
        spec: REQUESTER,
        title: 'waits for it within the grace of the start, and no longer',
        off: [without('lib/delivery/requester.ts', 'now < this.graceEnds', 'false')],
      },
    ],
  },
];
