import { FakeClock } from '../../../../lib/testing/fake-clock.js';
import { History } from '../../../../nucleus/daemon/history.js';
import { MeshModel } from '../../../../nucleus/daemon/mesh-model.js';
import type { InstanceRecord } from '../../../../nucleus/instance-record.js';
import { LiveDirectory } from '../../../../nucleus/live-directory.js';
import { silentLogger } from '../../../../nucleus/logger.js';
import { aRecord } from '../../../support/records.js';

/** A model that follows a directory, on a clock that stands still. */
export function aMesh({ hidden }: { hidden?: (instance: string) => boolean } = {}) {
  const clock = new FakeClock();
  const directory = new LiveDirectory({
    self: '0'.repeat(32),
    environment: 'test',
    host: 'host-a',
    clock,
    logger: silentLogger,
  });
  const history = new History();
  const model = new MeshModel({ environment: 'test', clock, history, directory, ...(hidden && { hidden }) });
  model.start();
  const join = (over: Partial<InstanceRecord> = {}): InstanceRecord => {
    const record = aRecord(over);
    directory.offer(record, 'registry');
    return record;
  };
  const changes = (): string[] =>
    history.since().map(({ type, health, reason }) => `${type} ${health}: ${reason}`);
  const of = (id: string) => model.view().instances.find((instance) => instance.id === id);
  return { clock, directory, history, model, join, changes, of };
}

/** A service's record, with operations of these names. */
export function offering(name: string, ...operations: string[]): InstanceRecord['services'][number] {
  return {
    name,
    version: '1.0.0',
    operations: operations.map((operation) => ({ name: operation, method: operation })),
    lexemes: [],
  };
}

export interface Told {
  readonly count?: unknown;
  readonly errors?: unknown;
  readonly p50?: number;
  readonly p99?: number;
  readonly callers?: unknown;
}

/** What `$stats` answers of one operation or subscription. */
export function counters({ count = 0, errors = {}, p50 = 1, p99 = 2, callers = {} }: Told = {}): object {
  return { count, errors, inFlight: 0, latency: { p50, p90: p99, p99, max: p99 }, callers };
}

/** An answer to `$stats`. */
export function stats(operations: object, events: object = {}, listeners: unknown = []): object {
  return { operations, events, listeners };
}
