import { type Chapter, without } from './promise.js';

const TALK = 'spec/unit/nucleus/beacon-talk.spec.ts';
const DIRECTORY = 'spec/unit/nucleus/live-directory.spec.ts';
const LIVE = 'spec/unit/nucleus/live-discovery.spec.ts';
const CONNECTION = 'spec/unit/delivery/connection.spec.ts';
const NUCLEUS = 'spec/integration/nucleus-registry.spec.ts';
const REDIS = 'spec/integration/discovery-redis.spec.ts';

export const DISCOVERY: Chapter = {
  prefix: 'DIS',
  title: 'Discovery',
  promises: [
    {
      id: 'DIS-1',
      promise: 'An instance is known, and knows the others, within 0.5 s.',
      spec: TALK,
      title: 'is heard, and hears those who were there, within 0.5 s',
      off: [without('nucleus/beacon/beacon-talk.ts', "if (message.kind === 'query') this.answerSoon();")],
    },
    {
      id: 'DIS-2',
      promise: 'Within 3 s where 5 % of the datagrams are lost: all is said more than once.',
      spec: TALK,
      title: 'is known to everybody within 3 s when 5 % of the datagrams are lost, 60 instances at once',
      off: [
        without(
          'nucleus/beacon/beacon-talk.ts',
          'const BURST_MS = [0, 20, 100, 400]',
          'const BURST_MS = [0]',
        ),
        without('nucleus/beacon/beacon-talk.ts', 'const MIN_PERIOD = 1000;', 'const MIN_PERIOD = 10_000;'),
        without('nucleus/beacon/beacon-talk.ts', "if (message.kind === 'query') this.answerSoon();"),
      ],
    },
    {
      id: 'DIS-3',
      promise: 'Any number of instances stay near 200 datagrams a second.',
      spec: TALK,
      title: 'stays near 200 datagrams a second however many there are',
      off: [without('nucleus/beacon/beacon-talk.ts', 'Math.max(MIN_PERIOD, this.pace())', 'MIN_PERIOD')],
    },
    {
      id: 'DIS-4',
      promise:
        'A service may start before Redis: it says once that Redis is away, and works with it as soon as it comes.',
      spec: REDIS,
      title: 'begins while Redis is away, says so once, and works as soon as it comes',
      off: [
        without(
          'nucleus/registry/redis-registry.ts',
          'if (this.listener !== undefined) await this.rest.take();',
          'break;',
        ),
      ],
    },
    {
      id: 'DIS-5',
      promise:
        'When Redis dies all goes on with what is known, and a Redis that comes back empty is filled again.',
      spec: REDIS,
      title: 'goes on with what it knows when Redis is killed, and fills it again when it comes back empty',
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
      id: 'DIS-6',
      promise:
        'An emptied Redis (`FLUSHALL`) makes nobody doubtful: a record that is missing once says nothing.',
      spec: REDIS,
      title: 'doubts nobody whose record was missing once, as after a flush; twice is a lost lease',
      off: [without('nucleus/registry/redis-registry.ts', 'if (misses < 2) continue;')],
    },
    {
      id: 'DIS-7',
      promise: 'A nucleus may come at any time: it is found then.',
      spec: NUCLEUS,
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
      id: 'DIS-8',
      promise: 'One that comes back empty is filled again by its members, and nobody is lost meanwhile.',
      spec: NUCLEUS,
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
    {
      id: 'DIS-9',
      promise: 'Nothing fires twice: whatever the number of sources, an instance is told of once.',
      spec: LIVE,
      title: 'lists each instance once and keeps it by either source',
      off: [
        without(
          'nucleus/live-directory.ts',
          'if (record.revision === entry.record.revision) {',
          'if (false) {',
        ),
      ],
    },
    {
      id: 'DIS-10',
      promise: 'That sources lost sight of an instance takes it away from nobody who can reach it.',
      spec: DIRECTORY,
      title: 'stays routable when only sources lost sight of it, even all of them',
      off: [without('nucleus/live-directory.ts', 'firstHand >= 1 && ')],
    },
    {
      id: 'DIS-11',
      promise:
        'One sign that was seen first-hand (a connection lost or refused, no answer) is enough to send nothing more there.',
      spec: DIRECTORY,
      title: 'is unroutable, and still known, after ${kind} alone',
      off: [without('nucleus/live-directory.ts', 'entry.against.every((kind) => HEARSAY.has(kind))', 'true')],
    },
    {
      id: 'DIS-12',
      promise: 'Two signs, one of them first-hand, take it off.',
      spec: DIRECTORY,
      title: 'is removed after ${first} and ${second}',
      off: [
        without(
          'nucleus/live-directory.ts',
          'if (isGone(against)) return this.remove(',
          'if (false) return this.remove(',
        ),
      ],
    },
    {
      id: 'DIS-13',
      promise: 'A crash is known as soon as the connection breaks.',
      spec: CONNECTION,
      title: 'tells at once that a session is lost',
      off: [
        without(
          'lib/delivery/connection.ts',
          "this.host.directory.observe(this.instance, wasOpen ? 'disconnected' : 'refused');",
        ),
      ],
    },
    {
      id: 'DIS-14',
      promise: 'A frozen or unreachable peer is known within 2 s.',
      spec: CONNECTION,
      title: 'asks when it has heard nothing, and tells when there is no answer',
      off: [without('lib/delivery/connection.ts', 'const UNANSWERED = 1400;', 'const UNANSWERED = 60_000;')],
    },
    {
      id: 'DIS-15',
      promise: 'A process that was frozen itself blames nobody for the silence.',
      spec: CONNECTION,
      title: 'draws no conclusion from silence after this process was frozen itself',
      off: [without('lib/delivery/connection.ts', 'if (!trusted || this.paused)', 'if (this.paused)')],
    },
    {
      id: 'DIS-16',
      promise: 'An instance that was given up and comes back, as after a freeze, is routed to again.',
      spec: LIVE,
      title: 'takes back an instance that was frozen and given up, when it thaws',
      off: [without('nucleus/live-discovery.ts', "void this.ask(endpoint, 'beacon', instance);")],
    },
    {
      id: 'DIS-17',
      promise: 'A leave is said by every source at once, within 0.2 s.',
      spec: LIVE,
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
      id: 'DIS-18',
      promise: 'A goodbye is final: nothing that is heard later brings the instance back.',
      spec: DIRECTORY,
      title: 'is final, also when it comes before the first offer',
      off: [without('nucleus/live-directory.ts', 'return !this.tombstones.has(record.id);', 'return true;')],
    },
    {
      id: 'DIS-19',
      promise: 'Environments never see one another.',
      spec: DIRECTORY,
      title: 'refuses the own instance, other environments and other versions',
      off: [without('nucleus/live-directory.ts', '|| record.environment !== environment')],
    },
    {
      id: 'DIS-20',
      promise:
        'Where another instance has taken over a port, nothing is sent to it in the place of the old one.',
      spec: CONNECTION,
      title: 'ends a connection on which another instance answers',
      off: [without('lib/delivery/connection.ts', 'if (batch.sender !== this.instance) {', 'if (false) {')],
    },
  ],
};
