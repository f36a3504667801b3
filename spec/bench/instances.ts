/**
 * Instances by the thousand, in one process: `fork('instances.js', [JSON of a Crowd])`. Each has a socket of its own that
 * answers HELLO, PING and requests, and its record in the nucleus's registry.
 */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../../nucleus/clock.js';
import { hostId } from '../../nucleus/host-id.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import { silentLogger } from '../../nucleus/logger.js';
import { NucleusRegistry } from '../../nucleus/registry/nucleus-registry.js';
import type { Link, Listening } from '../../lib/transport/transport.js';
import { ZeromqTransport } from '../../lib/transport/zeromq/zeromq-transport.js';
import { type Batch, encodeEnvelope } from '../../lib/wire/codec.js';

export interface Crowd {
  readonly environment: string;
  /** Where the nucleus serves its registry. */
  readonly endpoint: string;
  /** As many services, each on several instances. */
  readonly services: number;
}

/** `come`: so many more. `go`: the last so many, every second one without a goodbye. Each is answered when it is done. */
export type Order = { readonly come: number } | { readonly go: number };

interface Instance {
  readonly record: InstanceRecord;
  readonly transport: ZeromqTransport;
  readonly listening: Listening;
}

const crowd = JSON.parse(process.argv[2] ?? '{}') as Crowd;
const instances: Instance[] = [];
let made = 0;

const { environment, endpoint } = crowd;
const common = { environment, endpoint, clock: systemClock, random: Math.random, logger: silentLogger };
const registry = new NucleusRegistry(common);
registry.open({ found() {}, left() {}, lost() {} });

function answer(record: InstanceRecord, count: number, { envelopes }: Batch): string[] {
  return envelopes.flatMap((envelope) => {
    if (envelope.t === 'hello') return encodeEnvelope({ t: 'info', record: { ...record } });
    if (envelope.t === 'ping') return encodeEnvelope({ t: 'pong', i: envelope.i });
    if (envelope.t !== 'req') return [];
    const ping = {
      count,
      inFlight: 0,
      errors: {},
      latency: { p50: 0.5, p90: 1.25, p99: 3.5, max: 12 },
      callers: { '@bench/s0': count },
    };
    return encodeEnvelope({
      t: 'res',
      i: envelope.i,
      d: { operations: { ping }, events: {}, listeners: [] },
    });
  });
}

async function come(): Promise<void> {
  const id = randomBytes(16).toString('hex');
  const transport = new ZeromqTransport({ instance: id });
  let count = 0;
  const listening = await transport.listen('tcp://127.0.0.1:0', {
    received(link: Link, batch: Batch) {
      for (const part of answer(record, ++count, batch)) link.send(part);
    },
    closed() {},
  });
  const record: InstanceRecord = {
    v: 1,
    id,
    revision: 1,
    environment,
    host: hostId(),
    endpoint: listening.endpoint,
    eventsEndpoint: listening.endpoint,
    services: [
      {
        name: `@bench/s${made++ % crowd.services}`,
        version: '1.0.0',
        operations: [{ name: 'ping', method: 'ping' }],
        lexemes: [],
      },
    ],
    subscriptions: [],
  };
  instances.push({ record, transport, listening });
  registry.put(record);
}

async function go({ record, transport, listening }: Instance, says: boolean): Promise<void> {
  if (says) await registry.remove(record.id);
  await listening.close();
  await transport.close();
  if (!says) await registry.remove(record.id);
}

process.on('message', (order: Order) => {
  void (async () => {
    if ('come' in order) for (let n = 0; n < order.come; n++) await come();
    else {
      const leaving = instances.splice(-order.go);
      await Promise.all(leaving.map((one, n) => go(one, n % 2 === 0)));
    }
    process.send?.('done');
  })();
});
process.on('disconnect', () => process.exit());
