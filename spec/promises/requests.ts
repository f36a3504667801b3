import { type Chapter, without } from './promise.js';
import { CALLS } from './requests-calls.js';
import { INSTANCES } from './requests-instances.js';

const REQUESTER = 'spec/unit/delivery/requester.spec.ts';
const REQUEST_SERVER = 'spec/unit/runtime/request-server.spec.ts';
const RETRIES = 'spec/unit/delivery/retries.spec.ts';

export const REQUESTS: Chapter = {
  prefix: 'REQ',
  title: 'Requests',
  promises: [
    {
      id: 'REQ-1',
      promise:
        'A failed request says what became of it: `NOT_SENT`, `REJECTED` (not run), `UNKNOWN` (it may have run) or `FAILED` (its handler threw).',
      proofs: [
        {
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
          spec: REQUEST_SERVER,
          title: 'lets an AtomError through as it is, as FAILED',
          off: [without('lib/runtime/request-server.ts', "outcome = 'FAILED';")],
        },
        {
          spec: REQUEST_SERVER,
          title: 'refuses a service that is not here and an operation that does not exist',
          off: [
            without(
              'lib/runtime/request-server.ts',
              "encodeError(envelope.i, error, 'REJECTED')",
              "encodeError(envelope.i, error, 'FAILED')",
            ),
          ],
        },
      ],
    },
    {
      id: 'REQ-2',
      promise: 'At most once: a plain request that may have run is not repeated.',
      proofs: [
        {
          spec: RETRIES,
          title: 'does not repeat a plain call that may have run',
          off: [
            without('lib/delivery/retry-policy.ts', 'return operation?.idempotent === true;', 'return true;'),
          ],
        },
      ],
    },
    {
      id: 'REQ-3',
      promise:
        'An idempotent one that may have run is repeated on another instance at once, also when the first one freezes.',
      proofs: [
        {
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
          spec: RETRIES,
          title: 'asks another one for what is idempotent, and cancels the old attempt',
          off: [
            without('lib/delivery/retries.ts', 'if (other === undefined || routes', 'if (true || routes'),
          ],
        },
      ],
    },
    {
      id: 'REQ-4',
      promise: 'Once an attempt may have run the outcome stays `UNKNOWN`, whatever a later attempt says.',
      proofs: [
        {
          spec: RETRIES,
          title: 'keeps to the one deadline, and still says that it may have run',
          off: [without('lib/delivery/call.ts', 'this.uncertain &&', 'false &&')],
        },
      ],
    },
    {
      id: 'REQ-5',
      promise:
        'What an instance turns down, because it is draining or overloaded, is asked of another at once.',
      proofs: [
        {
          spec: RETRIES,
          title: 'asks another instance at once when one is overloaded, and says which attempt it is',
          off: [without('lib/delivery/retry-policy.ts', "return o === 'REJECTED' &&", 'return false &&')],
        },
        {
          spec: RETRIES,
          title: 'asks another instance at once when one is overloaded, and says which attempt it is',
          off: [without('lib/delivery/retries.ts', '(turnedAway || call.attempts === 1)', 'false')],
        },
      ],
    },
    {
      id: 'REQ-6',
      promise: 'An instance that cannot be reached costs no attempt: the next one is asked at once.',
      proofs: [
        {
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
      ],
    },
    {
      id: 'REQ-7',
      promise:
        'What a handler threw is repeated only where the error is `retryable` and the call idempotent.',
      proofs: [
        {
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
      ],
    },
    {
      id: 'REQ-8',
      promise:
        'At most three attempts of a call are sent; before the third is a random wait, below a bound that doubles from 50 ms to 1 s, unless instances just turn it away.',
      proofs: [
        {
          spec: RETRIES,
          title: 'sends three attempts at most, or as many as the call says, with a wait before the third',
          off: [without('lib/delivery/retries.ts', 'attempts <= (options', 'attempts <= 9 + (options')],
        },
        {
          spec: 'spec/unit/delivery/retry-policy.spec.ts',
          title: 'waits at random, below a bound that doubles from 50 ms to 1 s',
          off: [without('lib/delivery/retry-policy.ts', 'return random() * Math', 'return Math')],
        },
      ],
    },
    {
      id: 'REQ-9',
      promise:
        'Retries keep to a budget for each service: a fifth of its recent requests, or ten a second where that is more.',
      proofs: [
        {
          spec: RETRIES,
          title: 'stops when the budget is used up',
          off: [
            without('lib/delivery/retry-budget.ts', 'if (this.reserve < 1 || allowed >= KEPT) return false;'),
          ],
        },
      ],
    },
    ...CALLS,
    ...INSTANCES,
  ],
};
