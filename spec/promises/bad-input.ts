import { type Chapter, without } from './promise.js';

const LIMITS = 'spec/unit/wire/error-reply.spec.ts';
const TRANSPORT = 'spec/conformance/transport.spec.ts';

export const BAD_INPUT: Chapter = {
  prefix: 'BAD',
  title: 'Bad input',
  promises: [
    {
      id: 'BAD-1',
      promise: '`__proto__`, `constructor` and `prototype` keys never reach a handler’s object.',
      spec: LIMITS,
      title: 'removes dangerous keys at every depth, in place',
      off: [without('lib/wire/sanitize.ts', 'if (isDangerousKey(key)) delete object[key];\n    else')],
    },
    {
      id: 'BAD-2',
      promise: 'Nor in a message that a lexeme describes.',
      spec: 'spec/unit/lexicon/lexeme.spec.ts',
      title: '${key}, at any depth',
      off: [without('lib/lexicon/plain-data.ts', 'return UNSAFE_KEYS.has(key);', 'return false;')],
    },
    {
      id: 'BAD-3',
      promise: 'A message is nested 32 levels deep at most.',
      spec: LIMITS,
      title: 'takes 32 levels and refuses 33',
      off: [without('lib/wire/sanitize.ts', 'if (depth >= MAX_DEPTH) return false;')],
    },
    {
      id: 'BAD-4',
      promise: 'A message of more than `maxBody` (1 MiB) is refused before it is sent.',
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
      id: 'BAD-5',
      promise:
        'Who sends a frame that is larger than that all the same is disconnected; nobody else notices.',
      spec: TRANSPORT,
      title: 'disconnects who sends a frame that is too large, and nobody else',
      off: [without('lib/transport/zeromq/sockets.ts', 'maxMessageSize: maxFrame', 'maxMessageSize: -1')],
    },
    {
      id: 'BAD-6',
      promise: 'The text of an error is cut to 4,096 characters.',
      spec: LIMITS,
      title: 'is cut to 4,096 characters and 20 details',
      off: [without('lib/wire/error-reply.ts', '.slice(0, MAX_ERROR_TEXT)')],
    },
    {
      id: 'BAD-7',
      promise: 'It names 20 fields at most.',
      spec: LIMITS,
      title: 'is cut to 4,096 characters and 20 details',
      off: [without('lib/wire/error-reply.ts', '.slice(0, MAX_DETAILS)')],
    },
    {
      id: 'BAD-8',
      promise: 'A malformed message is dropped and counted, and the good ones around it are taken.',
      spec: TRANSPORT,
      title: 'drops and counts malformed messages, and takes the good ones between',
      off: [
        without('lib/transport/intake.ts', '    this.count.malformed++;\n    const now', '    const now'),
      ],
    },
    {
      id: 'BAD-9',
      promise: 'A connection that sends 100 of them within 10 s is ignored for 10 s.',
      spec: TRANSPORT,
      title: 'ignores who sends much that is malformed, and nobody else',
      off: [without('lib/transport/intake.ts', 'if (++this.bad >= TOLERATED) {', 'if (false) {')],
    },
    {
      id: 'BAD-10',
      promise: 'What a server threw that is no `AtomError` is told to its log, not to its caller.',
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
    {
      id: 'BAD-11',
      promise: 'A field that is wrong is named, and its value is never echoed.',
      spec: 'spec/unit/lexicon/lexeme.spec.ts',
      title: 'never echoes a value, not even where a message asks for it',
      off: [without('lib/lexicon/field-errors.ts', ".replaceAll('$value', 'the value')")],
    },
  ],
};
