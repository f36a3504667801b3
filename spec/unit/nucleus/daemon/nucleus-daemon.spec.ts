import { expect } from 'chai';
import { FakeClock } from '../../../../lib/testing/fake-clock.js';
import { NucleusDaemon } from '../../../../nucleus/daemon/nucleus-daemon.js';
import { type Logger, silentLogger } from '../../../../nucleus/logger.js';
import { LEASE_MS } from '../../../../nucleus/registry/redis-layout.js';
import { aRecord } from '../../../support/records.js';

/** How many environments are served at a time, see `nucleus/PROTOCOL.md`. */
const BOUND = 64;

describe('the environments of a nucleus', () => {
  let clock: FakeClock;
  let warnings: string[];
  let daemon: NucleusDaemon;
  beforeEach(() => {
    clock = new FakeClock();
    warnings = [];
    const logger: Logger = { ...silentLogger, warn: (_, message) => void warnings.push(message) };
    daemon = new NucleusDaemon({
      environment: 'own',
      host: 'host-a',
      bind: '127.0.0.1',
      port: 0,
      registry: 'memory',
      multicast: 'off',
      seeds: [],
      clock,
      random: () => 0.5,
      logger,
    });
  });
  afterEach(() => daemon.close());

  const give = (environment: string): boolean | undefined =>
    daemon.store(environment)?.put(aRecord({ environment }));

  it('are served up to a bound; then it says so once, and how to mend it', () => {
    for (let each = 0; each < BOUND; each++) expect(give(`e${each}`), `e${each}`).to.equal(true);
    expect(warnings).to.be.empty;
    expect(give('one-more')).to.equal(undefined);
    expect(give('another')).to.equal(undefined);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include(`${BOUND} environments`).and.to.include('start another nucleus');
    expect(give('e7'), 'those that are served go on').to.equal(true);
    expect(give('own'), 'its own always has room').to.equal(true);
  });

  it('make room for others when they are idle; its own stays', async () => {
    const own = daemon.store('own');
    for (let each = 1; each < BOUND; each++) give(`e${each}`);
    const watched = daemon.store('e1')!;
    const unwatch = watched.watch(() => undefined);
    await clock.advance(LEASE_MS / 2);
    give('e2');
    expect(give('early')).to.equal(undefined);
    await clock.advance(LEASE_MS / 2 + 1000);
    const renewed = daemon.store('e2');
    for (let each = 0; each < BOUND - 3; each++) expect(give(`later${each}`), `later${each}`).to.equal(true);
    expect(daemon.store('own')).to.equal(own);
    expect(daemon.store('e1')).to.equal(watched);
    expect(daemon.store('e2')).to.equal(renewed);
    expect(give('too-many')).to.equal(undefined);
    unwatch();
    expect(give('too-many')).to.equal(true);
    expect(daemon.store('e1')).to.equal(undefined);
  });

  it('leave nothing behind when they are let go', async () => {
    for (let each = 0; each < 3 * BOUND; each++) daemon.store(`e${each}`);
    await daemon.close();
    expect(clock.pending).to.equal(0);
  });
});
