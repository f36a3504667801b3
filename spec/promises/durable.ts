import { type Chapter, without } from './promise.js';

const DURABLE_EVENTS = 'spec/unit/durable/durable-events.spec.ts';
const DURABLE_SPEC = 'spec/integration/durable.spec.ts';
const DURABLE_LOG = 'spec/conformance/durable-log.spec.ts';

export const DURABLE: Chapter = {
  prefix: 'DUR',
  title: 'Durable events',
  promises: [
    {
      id: 'DUR-1',
      promise:
        'Each service that asks for a durable event handles it on one instance; who listens live hears it too, never twice.',
      proofs: [
        {
          spec: DURABLE_EVENTS,
          title: 'are handled by each service that asks for them, and heard live by the others, never twice',
          off: [without('lib/durable/durable-events.ts', 'without: groups', 'without: []')],
        },
      ],
    },
    {
      id: 'DUR-2',
      promise: 'An event that was acknowledged to its publisher waits in Redis until it is handled.',
      proofs: [
        {
          spec: DURABLE_SPEC,
          title: 'are kept while nobody listens, handled when somebody does, and gone from Redis then',
          off: [
            without('lib/durable/redis/scripts.ts', "  redis.call('XADD', KEYS[i], '*', 'e', ARGV[3])\n"),
          ],
        },
      ],
    },
    {
      id: 'DUR-3',
      promise: 'At least once: an event is settled after its handler has returned, not before.',
      proofs: [
        {
          spec: DURABLE_EVENTS,
          title: 'are settled once their handler has returned, and not before',
          off: [
            without(
              'lib/durable/group-consumer.ts',
              'let failure: Error | undefined;',
              'await this.group?.settle(held.delivery);\n    let failure: Error | undefined;',
            ),
          ],
        },
      ],
    },
    {
      id: 'DUR-4',
      promise: 'What a killed consumer had begun is handled by another, in the order of its key.',
      proofs: [
        {
          spec: DURABLE_SPEC,
          title: 'lose nothing while consumers are killed and Redis restarts, and keep the order of each key',
          off: [
            without(
              'lib/durable/leases.ts',
              'if (!before.has(partition)) this.unsure.add(partition);',
              'void before;',
            ),
          ],
        },
      ],
    },
    {
      id: 'DUR-5',
      promise: 'A consumer that was frozen begins nothing that may be another’s by now.',
      proofs: [
        {
          spec: DURABLE_EVENTS,
          title: 'of an instance that has frozen are handled by another, and not begun by it when it thaws',
          off: [without('lib/durable/leases.ts', 'return this.clock.now() < this.until;', 'return true;')],
        },
      ],
    },
    {
      id: 'DUR-6',
      promise:
        'A delivery that fails is repeated after a wait, twice as long each time; after five it is set aside as a dead letter.',
      proofs: [
        {
          spec: DURABLE_EVENTS,
          title: 'are tried again, later each time, and given up after five deliveries',
          off: [
            without(
              'lib/durable/group-consumer.ts',
              'failure === undefined || held.deliveries >= host.deliveries',
              'failure === undefined',
            ),
          ],
        },
        {
          spec: DURABLE_EVENTS,
          title: 'are tried again, later each time, and given up after five deliveries',
          off: [without('lib/durable/group-consumer.ts', '* 2 ** (held.deliveries - 1)')],
        },
      ],
    },
    {
      id: 'DUR-7',
      promise: 'Dead letters can be listed, replayed and dropped.',
      proofs: [
        {
          spec: DURABLE_LOG,
          title: 'keeps what was given up, once, to be listed, replayed and dropped',
          off: [
            without('lib/durable/redis/scripts.ts', "redis.call('XADD', KEYS[3], '*', 'e', fields[4])\n"),
          ],
        },
      ],
    },
    {
      id: 'DUR-8',
      promise:
        'Events of one `key` are handled in order, also where one fails and is tried again; others pass it.',
      proofs: [
        {
          spec: DURABLE_EVENTS,
          title: 'of one key wait for one that failed; others pass it',
          off: [
            without(
              'lib/durable/key-lanes.ts',
              'if (item.key !== undefined) this.lanes.set',
              'if (false) this.lanes.set',
            ),
          ],
        },
      ],
    },
    {
      id: 'DUR-9',
      promise:
        'While Redis is away what is published waits, in order and bounded, and fails clearly at its deadline.',
      proofs: [
        {
          spec: DURABLE_EVENTS,
          title: 'wait, in order, while the log is away, and fail clearly at their deadline',
          off: [without('lib/durable/spill.ts', 'if (error instanceof LogAway) {', 'if (false) {')],
        },
        {
          spec: DURABLE_EVENTS,
          title: 'are refused when too many wait to be written, or in a group',
          off: [
            without(
              'lib/durable/spill.ts',
              'if (this.items.size >= maxEvents || this.size + size > maxSize)',
              'if (false)',
            ),
          ],
        },
      ],
    },
    {
      id: 'DUR-10',
      promise: 'Nothing that waits in a group is ever trimmed: a group that is full refuses new events.',
      proofs: [
        {
          spec: DURABLE_LOG,
          title: 'refuses an event, for all groups, when one of them is full',
          off: [without('lib/durable/redis/scripts.ts', '>= tonumber(ARGV[2]) then', '>= 1e15 then')],
        },
      ],
    },
    {
      id: 'DUR-11',
      promise: 'A service that asks durably for a topic that is published live is told so at once.',
      proofs: [
        {
          spec: DURABLE_EVENTS,
          title: 'that are published live reach their handler all the same, which is told at once',
          off: [
            without(
              'lib/durable/durable-events.ts',
              'if (!told.has(`${publisher} ${context.topic}`)) {',
              'if (false) {',
            ),
          ],
        },
      ],
    },
    {
      id: 'DUR-12',
      promise: 'A Redis without an append-only file is warned of: it may lose what it has acknowledged.',
      proofs: [
        {
          spec: DURABLE_SPEC,
          title:
            'go on after Redis has lost its data, which is said, and the lack of a file is warned of once',
          off: [without('lib/durable/redis/redis-log.ts', 'if (this.warned) return;', 'return;')],
        },
      ],
    },
    {
      id: 'DUR-13',
      promise:
        'When Redis comes back without its data, what is published from then on is kept for the same services.',
      proofs: [
        {
          spec: DURABLE_SPEC,
          title: 'that are published after Redis has lost its data are kept for the groups that there were',
          off: [without('lib/durable/redis/redis-log.ts', 'if (lost.length > 0) return this.restore(lost);')],
        },
        {
          spec: DURABLE_SPEC,
          title:
            'that are published after that are kept for those too whose service is away while another makes its group again',
          off: [without('lib/durable/redis/redis-log.ts', 'lineage !== this.lineage', "lineage === ''")],
        },
      ],
    },
    {
      id: 'DUR-14',
      promise: 'An instance that ends finishes what it has begun, and leaves the rest to others.',
      proofs: [
        {
          spec: DURABLE_EVENTS,
          title: 'that run when the application closes are finished; the rest is left to others',
          off: [
            without(
              'lib/durable/group-consumer.ts',
              'if (this.busy > 0) await new Promise<void>((resolve) => this.idle.push(resolve));',
            ),
          ],
        },
      ],
    },
  ],
};
