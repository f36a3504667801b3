import type { InstanceProbe } from '../../nucleus/discovery.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';

/** Stands in for the transport: who listens where, and how often each endpoint was asked. */
export class FakeProbe implements InstanceProbe {
  private readonly listening = new Map<string, InstanceRecord>();
  readonly asked: string[] = [];

  listen(record: InstanceRecord): void {
    this.listening.set(record.endpoint, record);
  }

  fallSilent(endpoint: string): void {
    this.listening.delete(endpoint);
  }

  async probe(endpoint: string): Promise<InstanceRecord> {
    this.asked.push(endpoint);
    const record = this.listening.get(endpoint);
    if (record === undefined) throw new Error(`nobody answers on ${endpoint}`);
    return record;
  }
}
