import { randomBytes } from 'node:crypto';
import type { BeaconMessage } from '../../nucleus/beacon/beacon.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';

/** A record with everything in it, and an id of its own; `over` replaces fields. */
export function aRecord(over: Partial<InstanceRecord> = {}): InstanceRecord {
  return {
    v: 1,
    id: randomBytes(16).toString('hex'),
    revision: 1,
    environment: 'test',
    host: 'host-a',
    endpoint: `tcp://127.0.0.1:${1024 + Math.floor(Math.random() * 60_000)}`,
    eventsEndpoint: 'tcp://127.0.0.1:5001',
    services: [
      {
        name: '@shop/orders',
        version: '1.2.0',
        operations: [{ name: 'place-order', method: 'placeOrder' }],
        lexemes: [{ label: 'order.placed', version: 1 }],
        metadata: { region: 'eu' },
      },
    ],
    subscriptions: [
      { service: '@shop/orders', from: '@shop/payments', topic: 'payment.completed', delivery: 'group' },
    ],
    ...over,
  };
}

/** A beacon's message of a random instance. */
export function aMessage(over: Partial<BeaconMessage> = {}): BeaconMessage {
  const { id, environment, host, endpoint } = aRecord();
  const services = ['@shop/orders'];
  return {
    kind: 'here',
    environment,
    host,
    instance: id,
    revision: 1,
    endpoint,
    every: 1000,
    services,
    ...over,
  };
}
