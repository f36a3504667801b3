import { type Chapter, without } from './promise.js';

const ERROR_REPLY = 'spec/unit/wire/error-reply.spec.ts';
const LEXEME = 'spec/unit/lexicon/lexeme.spec.ts';
const TRANSPORT = 'spec/conformance/transport.spec.ts';

export const BAD_INPUT: Chapter = {
  prefix: 'BAD',
  title: 'Bad input',
  promises: [
    {
      id: 'BAD-1',
      promise:
        '`__proto__`, `constructor` and `prototype` keys never reach a handler’s object, whatever describes the message.',
      proofs: [
        {
          spec: ERROR_REPLY,
          title: 'removes dangerous keys at every depth, in place',
          off: [without('lib/wire/sanitize.ts', 'if (isDangerousKey(key)) delete object[key];\n    else')],
        },
        {
          spec: LEXEME,
          title: '${key}, at any depth',
          off: [without('lib/lexicon/plain-data.ts', 'return UNSAFE_KEYS.has(key);', 'return false;')],
        },
      ],
    },
    {
      id: 'BAD-2',
      promise: 'A message is nested 32 levels deep at most.',
      proofs: [
        {
          spec: ERROR_REPLY,
          title: 'takes 32 levels and refuses 33',
          off: [without('lib/wire/sanitize.ts', 'if (depth >= MAX_DEPTH) return false;')],
        },
      ],
    },
    {
      id: 'BAD-3',
      promise:
        'A message of more than `maxBody` (1 MiB) is refused before it is sent; who sends it all the same is disconnected, and nobody else notices.',
      proofs: [
        {
          spec: 'spec/unit/delivery/requester-limits.spec.ts',
          title: 'refuses what JSON cannot carry, what is too large, and headers that no receiver takes',
          off: [
            without(
              'lib/delivery/encode-message.ts',
              'json !== undefined && isLongerThan(json, maxBody)',
              'false',
            ),
          ],
        },
        {
          spec: TRANSPORT,
          title: 'disconnects who sends a frame that is too large, and nobody else',
          off: [without('lib/transport/zeromq/sockets.ts', 'maxMessageSize: maxFrame', 'maxMessageSize: -1')],
        },
      ],
    },
    {
      id: 'BAD-4',
      promise: 'An error has 4,096 characters of text and names 20 fields at most.',
      proofs: [
        {
          spec: ERROR_REPLY,
          title: 'is cut to 4,096 characters and 20 details',
          off: [without('lib/wire/error-reply.ts', '.slice(0, MAX_ERROR_TEXT)')],
        },
        {
          spec: ERROR_REPLY,
          title: 'is cut to 4,096 characters and 20 details',
          off: [without('lib/wire/error-reply.ts', '.slice(0, MAX_DETAILS)')],
        },
      ],
    },
    {
      id: 'BAD-5',
      promise: 'A malformed message is dropped and counted, and the good ones around it are taken.',
      proofs: [
        {
          spec: TRANSPORT,
          title: 'drops and counts malformed messages, and takes the good ones between',
          off: [
            without('lib/transport/intake.ts', '    this.count.malformed++;\n    const now', '    const now'),
          ],
        },
      ],
    },
    {
      id: 'BAD-6',
      promise: 'A connection that sends 100 of them within 10 s is ignored for 10 s.',
      proofs: [
        {
          spec: TRANSPORT,
          title: 'ignores who sends much that is malformed, and nobody else',
          off: [without('lib/transport/intake.ts', 'if (++this.bad >= TOLERATED) {', 'if (false) {')],
        },
      ],
    },
    {
      id: 'BAD-7',
      promise: 'What a server threw that is no `AtomError` is told to its log, not to its caller.',
      proofs: [
        {
          spec: 'spec/unit/runtime/request-server.spec.ts',
          title:
            "tells the caller nothing of ${thrown instanceof Error ? 'an error' : JSON.stringify(thrown)}, and logs it",
          off: [
            without(
              'lib/runtime/request-server.ts',
              "'${context.service}::${operation.name}' failed; its log says why`",
              '${String(thrown)}`',
            ),
          ],
        },
      ],
    },
    {
      id: 'BAD-8',
      promise: 'A field that is wrong is named, and its value is never echoed.',
      proofs: [
        {
          spec: LEXEME,
          title: 'never echoes a value, not even where a message asks for it',
          off: [without('lib/lexicon/field-errors.ts', ".replaceAll('$value', 'the value')")],
        },
      ],
    },
  ],
};
