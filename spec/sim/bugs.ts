import type { Mutation } from '../support/mutant.js';

/** A bug, planted to see whether the checker finds it. */
export interface Bug {
  readonly name: string;
  /** The invariants that may find it. */
  readonly foundBy: readonly string[];
  readonly mutations: readonly Mutation[];
}

/** One mechanism switched off at a time. */
export const BUGS: readonly Bug[] = [
  {
    name: 'an answer is lost',
    foundBy: ['what is asked in the calm succeeds'],
    mutations: [
      {
        file: 'lib/runtime/request-server.ts',
        find: 'session.running.delete(id);\n    if (session.channel.send(part, head)) return;',
        replace:
          'session.running.delete(id);\n    if (id % 16 === 7 || session.channel.send(part, head)) return;',
      },
    ],
  },
  {
    name: 'retries without a budget',
    foundBy: ['retries stay within their budget'],
    mutations: [
      {
        file: 'lib/delivery/service-routes.ts',
        find: 'return this.budget.take(now, this.requests);',
        replace: 'return this.budget.take(now, this.requests) || true;',
      },
    ],
  },
  {
    name: 'a deadline is ignored on the server',
    foundBy: ['nothing begins after its deadline'],
    mutations: [
      {
        file: 'lib/runtime/request-server.ts',
        find: 'const expired = deadline <= now;',
        replace: 'const expired = deadline <= now && now < 0;',
      },
    ],
  },
  {
    name: 'what may have run is tried again though it is not idempotent',
    foundBy: ['at most once'],
    mutations: [
      {
        file: 'lib/delivery/retry-policy.ts',
        find: "return (outcome === 'UNKNOWN' || retryable) && isIdempotent(call, record);",
        replace: "return outcome === 'UNKNOWN' || (retryable && isIdempotent(call, record));",
      },
    ],
  },
  {
    name: 'answers are not remembered',
    foundBy: ['a repeat is answered, not run'],
    mutations: [
      {
        file: 'lib/runtime/remembered.ts',
        find: 'const known = this.answers.get(key);',
        replace: 'const known = this.answers.get(key + now);',
      },
    ],
  },
  {
    name: 'keyed calls go anywhere',
    foundBy: ['equal keys run together'],
    mutations: [
      {
        file: 'lib/delivery/choose.ts',
        find: 'return key === undefined ? pick(candidates, random, now) : ownerOf(candidates, key);',
        replace:
          'return key === undefined || ownerOf(candidates, key) ? pick(candidates, random, now) : undefined;',
      },
    ],
  },
  {
    name: 'keyed calls do not wait for one another',
    foundBy: ['equal keys run in turn'],
    mutations: [
      {
        file: 'lib/runtime/held-requests.ts',
        find: 'private readonly keyed = new Lanes(1);',
        replace: 'private readonly keyed = new Lanes(9);',
      },
    ],
  },
  {
    name: 'events of one publisher are handled in any order',
    foundBy: ['events arrive in order, once'],
    mutations: [
      {
        file: 'lib/runtime/lanes.ts',
        find: 'return lane.waiting.shift();',
        replace:
          'const all = lane.waiting.takeAll(); const last = all.pop(); for (const one of all) lane.waiting.push(one); return last;',
      },
    ],
  },
  {
    name: 'a group delivers to two instances',
    foundBy: ['a group handles an event once'],
    mutations: [
      {
        file: 'lib/runtime/event-server.ts',
        find: 'return member;',
        replace: 'if (step > 0) return member;',
      },
    ],
  },
  {
    name: 'a gap is not counted',
    foundBy: ['reported loss is real loss'],
    mutations: [
      {
        file: 'lib/delivery/feed.ts',
        find: 'if (last < from) return;',
        replace: 'if (last < from || last > 0) return;',
      },
    ],
  },
  {
    name: 'an ejection never ends',
    foundBy: ['all comes to rest'],
    mutations: [
      {
        file: 'lib/delivery/breaker.ts',
        find: "if (this.current === 'ejected' && now >= this.until) this.turn('half-open');",
        replace: "if (this.current === 'ejected' && now >= this.until * 9) this.turn('half-open');",
      },
    ],
  },
  {
    name: 'what was cancelled stays in flight',
    foundBy: ['all comes to rest'],
    mutations: [
      {
        file: 'lib/delivery/peer.ts',
        find: "this.calls.drop(call.id, call);\n      this.connection?.send(encodeEnvelope({ t: 'can', i: call.id }));",
        replace: "this.connection?.send(encodeEnvelope({ t: 'can', i: -call.id }));",
      },
    ],
  },
  {
    name: 'whoever has the port is taken for the one that is meant',
    foundBy: ['only where it was meant to', 'a repeat is answered, not run', 'all comes to rest'],
    mutations: [
      {
        file: 'lib/delivery/connection.ts',
        find: 'if (batch.sender !== this.instance) {',
        replace: 'if (batch.sender === this.endpoint) {',
      },
      {
        file: 'lib/delivery/connection.ts',
        find: 'const record = infoRecord(envelope, this.instance);',
        replace: 'const record = infoRecord(envelope, batchSender);',
      },
      {
        file: 'lib/delivery/connection.ts',
        find: 'for (const envelope of batch.envelopes) this.take(link, envelope);',
        replace: 'for (const envelope of batch.envelopes) this.take(link, envelope, batch.sender);',
      },
      {
        file: 'lib/delivery/connection.ts',
        find: 'private take(link: Link, envelope: Envelope): void {',
        replace: 'private take(link: Link, envelope: Envelope, batchSender: string): void {',
      },
      {
        file: 'lib/runtime/sessions.ts',
        find: 'if (batch.target !== self.id && !isProbe(batch)) {',
        replace: "if (batch.target === '' && !isProbe(batch)) {",
      },
    ],
  },
  {
    name: 'more than half may be ejected',
    foundBy: ['at most half are ejected'],
    mutations: [
      {
        file: 'lib/delivery/service-routes.ts',
        find: 'return (this.peers.length - this.healthy.length + 1) * 2 <= this.peers.length;',
        replace: 'return this.peers.length > 0;',
      },
    ],
  },
  {
    name: 'a call outlives its deadline',
    foundBy: ['each call settles once, in time'],
    mutations: [
      {
        file: 'lib/runtime/deadlines.ts',
        find: 'const key = Math.ceil(deadline / RESOLUTION);',
        replace: 'const key = Math.ceil((deadline + 40) / RESOLUTION);',
      },
    ],
  },
  {
    name: 'a call that was lost is said not to have been sent',
    foundBy: ['outcomes are true'],
    mutations: [
      {
        file: 'lib/delivery/call.ts',
        find: "`Request timeout after ${Math.round(this.timeout)}ms for ${target}`,\n      this.sent ? 'UNKNOWN' : 'NOT_SENT',",
        replace: "`Request timeout after ${Math.round(this.timeout)}ms for ${target}`,\n      'NOT_SENT',",
      },
    ],
  },
  {
    name: 'who stops does not wait for what is under way',
    foundBy: ['a graceful stop loses nothing'],
    mutations: [
      {
        file: 'lib/application/mesh-node.ts',
        find: 'await Promise.all([this.subscriber.drain(), this.requests.drain(), this.durable?.drain()]);',
        replace: 'await this.durable?.drain();',
      },
    ],
  },
  {
    name: 'an instance that was given up is never asked again',
    foundBy: ['all comes to rest', 'what is asked in the calm succeeds'],
    mutations: [
      {
        file: 'nucleus/live-discovery.ts',
        find: "void this.ask(record.endpoint, 'registry', record.id);\n    } else if",
        replace: 'return;\n    } else if',
      },
    ],
  },
];
