import type { Clock } from '../../nucleus/clock.js';
import type { InstanceProbe } from '../../nucleus/discovery.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import type { Transport } from '../transport/transport.js';
import { ANYBODY, encodeEnvelope } from '../wire/codec.js';
import { infoRecord } from './info-record.js';

/** Asks who listens at an endpoint: HELLO, answered by INFO, on a connection of its own. */
export function createProbe(transport: Transport, clock: Clock): InstanceProbe {
  return {
    probe: (endpoint, timeout) =>
      new Promise<InstanceRecord>((resolve, reject) => {
        const link = transport.connect(endpoint, ANYBODY, {
          received(_, batch) {
            for (const envelope of batch.envelopes) {
              const record = envelope.t === 'info' ? infoRecord(envelope, batch.sender) : undefined;
              if (record !== undefined) resolve(record);
            }
            end();
          },
          closed: (_, reason) => {
            timer.cancel();
            reject(new Error(`${endpoint}: ${reason}`));
          },
        });
        const timer = clock.after(timeout, () => {
          reject(new Error(`${endpoint} did not answer within ${timeout} ms`));
          end();
        });
        const end = (): void => {
          timer.cancel();
          link.close();
        };
        link.send(encodeEnvelope({ t: 'hello' }));
      }),
  };
}
