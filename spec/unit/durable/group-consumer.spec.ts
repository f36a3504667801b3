import { expect } from 'chai';
import type { ConsumerHost } from '../../../lib/durable/consumer-host.js';
import { type GroupLog, LogAway } from '../../../lib/durable/durable-log.js';
import { GroupConsumer } from '../../../lib/durable/group-consumer.js';
import { encodeStored } from '../../../lib/durable/stored-event.js';
import { Deadlines } from '../../../lib/runtime/deadlines.js';
import { OperationStats } from '../../../lib/runtime/operation-stats.js';
import type { EventHandler } from '../../../lib/runtime/service-runtime.js';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import { silentLogger } from '../../../nucleus/logger.js';

describe('a consumer of durable events', () => {
  it('does not begin what may be another’s by the time that the log answers', async () => {
    const clock = new FakeClock();
    const stored = { id: '1'.repeat(32), topic: 'x', by: '', instance: '2'.repeat(32), at: 0 };
    let isAway = false;
    let begun: ((isOurs: boolean) => void) | undefined;
    const group: GroupLog = {
      attend: async () => {
        if (isAway) throw new LogAway('away', true);
        return { partitions: [0], share: 1, backlog: 1 };
      },
      read: () => new Promise((resolve) => void clock.after(200, () => resolve([]))),
      adopt: async () => [{ partition: 0, id: '1-0', deliveries: 1, text: encodeStored(stored, '1') }],
      begin: () => new Promise((resolve) => (begun = resolve)),
      settle: async () => undefined,
    };
    const heard: unknown[] = [];
    const host = {
      clock,
      logger: silentLogger,
      deadlines: new Deadlines(clock),
      instance: '3'.repeat(32),
      random: () => 0,
      log: { open: async () => group },
      deliveries: 5,
      retryDelay: 1000,
      visibility: 10_000,
    } as unknown as ConsumerHost;
    const handler = {
      concurrency: 1,
      accepts: { kind: 'any' },
      stats: new OperationStats(),
      run: ({ data }) => void heard.push(data),
    } as Partial<EventHandler> as EventHandler;
    const consumer = new GroupConsumer(host, { service: '@a/b', topic: 'x', from: undefined }, handler);
    await clock.advance(500);
    isAway = true;
    await clock.advance(12_000);
    begun!(true);
    begun = undefined;
    await clock.advance(2000);
    expect(heard).to.deep.equal([]);
    isAway = false;
    await clock.advance(3000);
    begun!(true);
    await clock.settle();
    expect(heard).to.deep.equal([1]);
    consumer.close();
  });
});
