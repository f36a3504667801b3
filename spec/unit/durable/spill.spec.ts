import { expect } from 'chai';
import type { AtomError } from '../../../lib/errors.js';
import { type DurableLog, LogAway } from '../../../lib/durable/durable-log.js';
import { Spill } from '../../../lib/durable/spill.js';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import { silentLogger } from '../../../nucleus/logger.js';

describe('what waits for the durable log', () => {
  const entry = { topic: 'order.placed', by: [], key: undefined, text: '{}' };

  it('is written again after all that waited has expired before the log was found to be away', async () => {
    const clock = new FakeClock();
    let isAway = true;
    const append: DurableLog['append'] = async () => {
      if (!isAway) return [];
      // As a frozen server: the word that it is away comes late.
      await new Promise<void>((done) => void clock.after(2000, done));
      throw new LogAway('no answer within 2000 ms', true);
    };
    const log = { append } as DurableLog;
    const spill = new Spill(log, { clock, logger: silentLogger, maxEvents: 10, maxSize: 10_000 });
    const failed = spill.append(entry, 1000).catch((error: AtomError) => error.outcome);
    await clock.advance(1000);
    expect(spill.waiting).to.equal(0);
    await clock.advance(1000);
    expect(await failed).to.equal('UNKNOWN');
    isAway = false;
    await clock.advance(2000);
    let groups: unknown;
    void spill.append(entry, 1000).then((of) => (groups = of));
    await clock.advance(500);
    expect(groups).to.deep.equal([]);
    expect(clock.pending).to.equal(0);
  });

  it('is refused at once when it comes after the close, and fails at the close when it came before', async () => {
    const clock = new FakeClock();
    const log = { append: () => new Promise(() => {}) } as unknown as DurableLog;
    const spill = new Spill(log, { clock, logger: silentLogger, maxEvents: 10, maxSize: 10_000 });
    const outcome = (): Promise<unknown> =>
      spill.append(entry, 1000).catch((error: AtomError) => error.outcome);
    const before = outcome();
    spill.close();
    expect([await before, await outcome()]).to.deep.equal(['UNKNOWN', 'NOT_SENT']);
    expect(clock.pending).to.equal(0);
  });
});
