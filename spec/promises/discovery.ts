import { REDIS } from './discovery-redis.js';
import { type Chapter, without } from './promise.js';

const BEACON_TALK = 'spec/unit/nucleus/beacon-talk.spec.ts';
const DISCOVERY_REDIS = 'spec/integration/discovery-redis.spec.ts';
const NUCLEUS_REGISTRY = 'spec/integration/nucleus-registry.spec.ts';
const LIVE_DISCOVERY = 'spec/unit/nucleus/live-discovery.spec.ts';
const LIVE_DIRECTORY = 'spec/unit/nucleus/live-directory.spec.ts';
const CONNECTION = 'spec/unit/delivery/connection.spec.ts';

export const DISCOVERY: Chapter = {
  prefix: 'DIS',
  title: 'Discovery',
  promises: [
    {
      id: 'DIS-1',
      promise:
        'An instance is known, and knows the others, within 0.5 s, and within 3 s where 5 % of the datagrams are lost.',
      proofs: [
        {
          spec: BEACON_TALK,
          title: 'is heard, and hears those who were there, within 0.5 s',
          off: [without('nucleus/beacon/beacon-talk.ts', "if (message.kind === 'query') this.answerSoon();")],
        },
        {
          spec: BEACON_TALK,
          title: 'is known to everybody within 3 s when 5 % of the datagrams are lost, 60 instances at once',
          off: [
            without(
              'nucleus/beacon/beacon-talk.ts',
              'const BURST_MS = [0, 20, 100, 400]',
              'const BURST_MS = [0]',
            ),
            without(
              'nucleus/beacon/beacon-talk.ts',
              'const MIN_PERIOD = 1000;',
              'const MIN_PERIOD = 10_000;',
            ),
            without('nucleus/beacon/beacon-talk.ts', "if (message.kind === 'query') this.answerSoon();"),
          ],
        },
      ],
    },
    {
      id: 'DIS-2',
      promise: 'Any number of instances stay near 200 datagrams a second.',
      proofs: [
        {
          spec: BEACON_TALK,
          title: 'stays near 200 datagrams a second however many there are',
          off: [without('nucleus/beacon/beacon-talk.ts', 'Math.max(MIN_PERIOD, this.pace())', 'MIN_PERIOD')],
        },
      ],
    },
    {
      id: 'DIS-3',
      promise:
        'A service may start before Redis: it says once that Redis is away, and works with it as soon as it comes.',
      proofs: [
        {
          spec: DISCOVERY_REDIS,
          title: 'begins while Redis is away, says so once, and works as soon as it comes',
          off: [
            without(
              'nucleus/registry/redis-registry.ts',
              'if (this.listener !== undefined) await this.rest.take();',
              'break;',
            ),
          ],
        },
      ],
    },
    {
      id: 'DIS-4',
      promise:
        'When Redis dies or is emptied all goes on with what is known, nobody is doubted, and it is filled again.',
      proofs: [
        {
          spec: DISCOVERY_REDIS,
          title:
            'goes on with what it knows when Redis is killed, and fills it again when it comes back empty',
          off: [
            without(
              'nucleus/registry/redis-registry.ts',
              '    await this.writeAll(link, true);\n    await this.lookAround(link);',
              '    if (this.unwritten) await this.writeAll(link, true);\n    await this.lookAround(link);',
            ),
            without(
              'nucleus/registry/redis-registry.ts',
              'await this.writeAll(link, clock.now() - this.lastWrite > LEASE_MS);',
            ),
          ],
        },
        {
          spec: DISCOVERY_REDIS,
          title: 'doubts nobody whose record was missing once, as after a flush; twice is a lost lease',
          off: [without('nucleus/registry/redis-registry.ts', 'if (misses < 2) continue;')],
        },
      ],
    },
    {
      id: 'DIS-5',
      promise:
        'A nucleus may come at any time, and one that comes back empty is filled again by its members.',
      proofs: [
        {
          spec: NUCLEUS_REGISTRY,
          title: 'is found whenever it comes, and before that is nothing to speak of where none is expected',
          off: [
            without(
              'nucleus/registry/nucleus-registry.ts',
              'if (this.listener !== undefined) await this.rest.take();',
              'break;',
            ),
          ],
        },
        {
          spec: NUCLEUS_REGISTRY,
          title: 'is filled again by its owners when it comes back empty, and nobody is told of a loss',
          off: [
            without(
              'nucleus/registry/nucleus-registry.ts',
              "for (const record of this.own.values()) link.say({ do: 'put', record });\n    link.say({ do: 'watch'",
              "link.say({ do: 'watch'",
            ),
            without(
              'nucleus/registry/nucleus-registry.ts',
              "for (const record of this.own.values()) link.say({ do: 'put', record });\n        link.ask",
              'link.ask',
            ),
          ],
        },
      ],
    },
    {
      id: 'DIS-6',
      promise: 'Nothing fires twice: whatever the number of sources, an instance is told of once.',
      proofs: [
        {
          spec: LIVE_DISCOVERY,
          title: 'lists each instance once and keeps it by either source',
          off: [without('nucleus/live-directory.ts', 'if (!isNewer) {', 'if (false) {')],
        },
      ],
    },
    {
      id: 'DIS-7',
      promise: 'That sources lost sight of an instance takes it away from nobody who can reach it.',
      proofs: [
        {
          spec: LIVE_DIRECTORY,
          title: 'stays routable when only sources lost sight of it, even all of them',
          off: [without('nucleus/live-directory.ts', 'firstHand >= 1 && ')],
        },
      ],
    },
    {
      id: 'DIS-8',
      promise:
        'One sign that was seen first-hand (a connection lost or refused, no answer) ends routing to an instance; a second sign takes it off.',
      proofs: [
        {
          spec: LIVE_DIRECTORY,
          title: 'is unroutable, and still known, after ${kind} alone',
          off: [
            without('nucleus/live-directory.ts', 'entry.against.every((kind) => HEARSAY.has(kind))', 'true'),
          ],
        },
        {
          spec: LIVE_DIRECTORY,
          title: 'is removed after ${first} and ${second}',
          off: [
            without(
              'nucleus/live-directory.ts',
              'if (isGone(against)) return this.remove(',
              'if (false) return this.remove(',
            ),
          ],
        },
      ],
    },
    {
      id: 'DIS-9',
      promise: 'A crash is known as soon as the connection breaks.',
      proofs: [
        {
          spec: CONNECTION,
          title: 'tells at once that a session is lost',
          off: [
            without(
              'lib/delivery/connection.ts',
              "this.host.directory.observe(this.instance, wasOpen ? 'disconnected' : 'refused');",
            ),
          ],
        },
      ],
    },
    {
      id: 'DIS-10',
      promise: 'A frozen or unreachable peer is known within 2 s.',
      proofs: [
        {
          spec: CONNECTION,
          title: 'asks when it has heard nothing, and tells when there is no answer',
          off: [
            without('lib/delivery/connection.ts', 'const UNANSWERED = 1400;', 'const UNANSWERED = 60_000;'),
          ],
        },
      ],
    },
    {
      id: 'DIS-11',
      promise: 'A process that was frozen itself blames nobody for the silence.',
      proofs: [
        {
          spec: CONNECTION,
          title: 'draws no conclusion from silence after this process was frozen itself',
          off: [without('lib/delivery/connection.ts', 'if (!trusted || this.paused)', 'if (this.paused)')],
        },
      ],
    },
    {
      id: 'DIS-12',
      promise:
        'An instance that was given up and comes back, as after a freeze or a partition, is routed to again within 3 s.',
      proofs: [
        {
          spec: LIVE_DISCOVERY,
          title: 'takes back an instance that was frozen and given up, when it thaws',
          off: [without('nucleus/live-discovery.ts', "void this.ask(endpoint, 'beacon', instance);")],
        },
        {
          spec: LIVE_DISCOVERY,
          title: 'takes back an instance that spoke and did not hear for long, as soon as it hears',
          off: [without('nucleus/prober.ts', 'met ? LAST_WAIT_MET_MS : LAST_WAIT_MS', 'LAST_WAIT_MS')],
        },
      ],
    },
    {
      id: 'DIS-13',
      promise:
        'A leave is said by every source at once, and is final: nothing that is heard later brings the instance back.',
      proofs: [
        {
          spec: LIVE_DISCOVERY,
          title: 'says goodbye by every source, which nothing undoes',
          off: [
            without('nucleus/live-discovery.ts', 'registry.remove(record.id)', 'Promise.resolve()'),
            without(
              'nucleus/live-discovery.ts',
              'goodbyes.push(this.talk.withdraw());',
              'goodbyes.push(Promise.resolve());',
            ),
          ],
        },
        {
          spec: LIVE_DIRECTORY,
          title: 'is final, also when it comes before the first offer',
          off: [
            without('nucleus/live-directory.ts', 'return !this.tombstones.has(record.id);', 'return true;'),
          ],
        },
      ],
    },
    {
      id: 'DIS-14',
      promise: 'Environments never see one another.',
      proofs: [
        {
          spec: LIVE_DIRECTORY,
          title: 'refuses the own instance, other environments and other versions',
          off: [without('nucleus/live-directory.ts', '|| record.environment !== environment')],
        },
      ],
    },
    {
      id: 'DIS-15',
      promise:
        'Where another instance has taken over a port, nothing is sent to it in the place of the old one.',
      proofs: [
        {
          spec: CONNECTION,
          title: 'ends a connection on which another instance answers',
          off: [
            without('lib/delivery/connection.ts', 'if (batch.sender !== this.instance) {', 'if (false) {'),
          ],
        },
      ],
    },
    ...REDIS,
  ],
};
