import { expect } from 'chai';
import { AtomError, AtomFactory, AtomModule } from 'atomjs';
import { eventually } from '../support/eventually.js';
import { endPrograms, ownNetwork, Program } from '../support/process.js';

/** Open load: requests a second, whatever becomes of them. */
const RATE = 1000;
const INSTANCES = 3;
/** ms before the kill, and after it. */
const BEFORE = 1000;
const AFTER = 2000;

@AtomModule({})
class Nothing {}

describe(`kill -9 of one of ${INSTANCES} instances under ${RATE} requests/s`, function () {
  this.timeout(60_000);
  afterEach(() => endPrograms());

  /** What became of the requests, and how many were under way when the instance was killed. */
  async function killUnderLoad(operation: string) {
    const env = ownNetwork();
    const discovery = { multicast: env.ATOM_MULTICAST!, nucleus: 'off' };
    const app = AtomFactory.create(Nothing, { logger: false, discovery, shutdownSignals: false });
    await app.listen();
    const programs = Array.from(
      { length: INSTANCES },
      () => new Program('spec/integration/programs/worker.js', { env: { ...env, ATOM_LOG_LEVEL: 'info' } }),
    );
    await Promise.all(programs.map((program) => program.line(/listening/)));
    const { client } = app;
    await eventually(() => client.services()[0]?.instances.length === INSTANCES, { within: 10_000 });

    const failures: AtomError[] = [];
    let sent = 0;
    let settled = 0;
    let wrong = 0;
    const ask = (): void => {
      const n = sent++;
      client
        .request('@test/worker', operation, n)
        .then(
          (answer) => (wrong += answer === n ? 0 : 1),
          (error: unknown) => failures.push(AtomError.from(error)),
        )
        .finally(() => settled++);
    };
    const started = performance.now();
    const load = setInterval(() => {
      for (const due = ((performance.now() - started) * RATE) / 1000; sent < due;) ask();
    }, 1);
    await eventually(() => settled > (BEFORE * RATE) / 1000, { within: 20_000, every: 5 });
    const victim = app.status().peers.find(({ inFlight }) => inFlight > 0) ?? app.status().peers[0]!;
    const record = client.services()[0]!.instances.find(({ id }) => id === victim.instance)!;
    const program = programs.find(({ output }) => output.includes(record.endpoint))!;
    program.signal('SIGKILL');
    const inFlight = sent - settled;
    const until = sent + (AFTER * RATE) / 1000;
    await eventually(() => sent > until, { within: 20_000, every: 5 });
    clearInterval(load);
    await eventually(() => settled === sent, { within: 15_000 });
    await app.close();
    return { sent, failures, wrong, inFlight, victim };
  }

  it('fails none of them where they are idempotent', async () => {
    const { sent, failures, wrong, victim } = await killUnderLoad('read');
    expect(sent).to.be.greaterThan(((BEFORE + AFTER) * RATE) / 1000);
    expect(victim.sent).to.be.greaterThan(100);
    expect(failures).to.deep.equal([]);
    expect(wrong).to.equal(0);
  });

  it('fails plain ones that were under way, at most, and says of each that it may have run', async () => {
    const { failures, inFlight, wrong } = await killUnderLoad('write');
    // What was sent to it while its end travelled here was under way as well.
    expect(failures.length).to.be.at.most(inFlight + 20);
    for (const { outcome } of failures) expect(outcome).to.equal('UNKNOWN');
    expect(wrong).to.equal(0);
  });
});
