import { expect } from 'chai';
import { RedisLayout } from '../../nucleus/registry/redis-layout.js';
import { Daemon } from '../support/daemon.js';
import { eventually } from '../support/eventually.js';
import { endPrograms, ownNetwork, Program } from '../support/process.js';
import { RedisFixture } from '../support/redis.js';
import { isRunning } from '../support/is-running.js';

const WITHIN = { within: 3000 };

describe('the nucleus', function () {
  this.timeout(60_000);
  const redis = new RedisFixture();
  const daemons: Daemon[] = [];
  let env: NodeJS.ProcessEnv;
  beforeEach(() => (env = ownNetwork()));
  afterEach(async () => {
    await endPrograms();
    await Promise.all(daemons.splice(0).map((daemon) => daemon.remove()));
    await redis.stop();
  });

  const daemon = async (args: readonly string[] = [], over: NodeJS.ProcessEnv = {}): Promise<Daemon> => {
    const made = new Daemon({ ...env, ATOM_LOG_LEVEL: 'silent', ...over }, args);
    daemons.push(made);
    await made.start();
    return made;
  };
  /** A member that has the nucleus and nothing else. */
  const member = async (
    at: Daemon | undefined,
    name: string,
    other?: string,
  ): Promise<{ program: Program; id: string }> => {
    const nucleus = at === undefined ? {} : { ATOM_MULTICAST: 'off', ATOM_NUCLEUS: at.endpoint };
    const args = other === undefined ? [name] : [name, other];
    const program = new Program('spec/e2e/programs/member.js', { args, env: { ...env, ...nucleus } });
    const [, id = ''] = (await program.line(/^listening/)).split(' ');
    return { program, id };
  };

  it('has a Redis of its own where the program is on the PATH, and memory where it is not', async () => {
    const own = await daemon();
    expect((await own.health()).registry).to.match(/^own redis \(.*redis-server on 127\.0\.0\.1:\d+\)$/);
    const pid = own.redisPid()!;
    expect(isRunning(pid)).to.equal(true);
    const without = await daemon([], { PATH: '/nowhere' });
    expect((await without.health()).registry).to.match(/^memory/);
    expect(without.redisPid()).to.equal(undefined);
    await own.end();
    expect(isRunning(pid), 'its Redis ends with it').to.equal(false);
  });

  it('starts its Redis again when that dies, and ends the one that a killed nucleus has left', async () => {
    const own = await daemon();
    const { id } = await member(own, 'a');
    const first = own.redisPid()!;
    process.kill(first, 'SIGKILL');
    const second = await eventually(() => own.redisPid() !== first && own.redisPid()!, { within: 5000 });
    await own.kill();
    expect(isRunning(second), 'it outlives a killed nucleus').to.equal(true);
    await own.start();
    await eventually(() => expect(isRunning(second)).to.equal(false));
    expect(own.redisPid()).not.to.equal(second);
    await eventually(async () => expect(await own.alive()).to.deep.equal([id]), WITHIN);
  });

  it('fails no request when it is killed, and shows the same mesh, without the dead, when it is back', async () => {
    const own = await daemon();
    const asked = await member(own, 'asked');
    const doomed = await member(own, 'doomed');
    const asking = await member(own, 'asking', 'asked');
    await asking.program.line(/^found/);
    const all = [asked.id, doomed.id, asking.id].sort();
    await eventually(async () => expect((await own.alive()).sort()).to.deep.equal(all), WITHIN);

    await own.kill();
    doomed.program.signal('SIGKILL');
    await doomed.program.ended;
    await own.start();
    const shown = new Set<string>();
    await eventually(async () => {
      const alive = await own.alive();
      for (const id of alive) shown.add(id);
      expect(alive.sort()).to.deep.equal([asked.id, asking.id].sort());
    }, WITHIN);
    expect([...shown]).not.to.include(doomed.id);

    await asking.program.end();
    expect(asking.program.lines.at(-1)).to.match(/^asked [1-9]\d* failed \[\]$/);
  });

  it('fails no request while it is frozen, and has its members back when it thaws', async () => {
    const own = await daemon([], { PATH: '/nowhere' });
    const asked = await member(own, 'asked');
    const asking = await member(own, 'asking', 'asked');
    await asking.program.line(/^found/);
    own.signal('SIGSTOP');
    const before = performance.now();
    await eventually(() => performance.now() - before > 7000, { within: 8000 });
    own.signal('SIGCONT');
    await eventually(async () => {
      expect((await own.alive()).sort()).to.deep.equal([asked.id, asking.id].sort());
    });
    // And it tells those who come later of both.
    const late = await member(own, 'late', 'asked');
    await late.program.line(/^found/);
    await asking.program.end();
    expect(asking.program.lines.at(-1)).to.match(/^asked [1-9]\d* failed \[\]$/);
  });

  it('takes a killed instance out of its view and of its Redis', async () => {
    await redis.start();
    const client = redis.client();
    const layout = new RedisLayout('default');
    const own = await daemon(['--redis', redis.url]);
    const killed = await member(own, 'killed');
    const stays = await member(own, 'stays');
    await eventually(async () => expect(await own.alive()).to.have.members([killed.id, stays.id]), WITHIN);
    await eventually(async () => expect(await client.exists(layout.record(killed.id))).to.equal(1));
    killed.program.signal('SIGKILL');
    await eventually(async () => {
      expect(await own.alive()).to.deep.equal([stays.id]);
      expect(await client.exists(layout.record(killed.id))).to.equal(0);
      expect(await client.hexists(layout.index, killed.id)).to.equal(0);
    }, WITHIN);
    expect(await client.exists(layout.record(stays.id))).to.equal(1);
  });

  it('leaves a frozen instance in place, and has it back when it thaws', async () => {
    const own = await daemon([], { PATH: '/nowhere' });
    const { program, id } = await member(own, 'frozen');
    await eventually(async () => expect(await own.alive()).to.deep.equal([id]), WITHIN);
    program.signal('SIGSTOP');
    await eventually(async () => {
      const { instances } = await own.view();
      expect(instances.map(({ id, health }) => [id, health])).to.deep.equal([[id, 'slow']]);
    }, WITHIN);
    program.signal('SIGCONT');
    await eventually(async () => expect(await own.alive()).to.deep.equal([id]), WITHIN);
  });

  it('agrees with another nucleus on one Redis', async () => {
    await redis.start();
    // Apart on the network: they have nothing but Redis in common.
    const [a, b] = (await Promise.all(
      [1, 2].map(() => daemon(['--redis', redis.url, '--multicast', 'off'])),
    )) as [Daemon, Daemon];
    const [atA, atB] = [await member(a, 'a', 'b'), await member(b, 'b', 'a')];
    await Promise.all([atA, atB].map(({ program }) => program.line(/^found/)));
    for (const nucleus of [a, b]) {
      await eventually(async () => expect(await nucleus.alive()).to.have.members([atA.id, atB.id]), WITHIN);
    }
    atA.program.signal('SIGKILL');
    for (const nucleus of [a, b]) {
      await eventually(async () => expect(await nucleus.alive()).to.deep.equal([atB.id]), WITHIN);
    }
  });

  it('joins those who have multicast only with those who have the nucleus only', async () => {
    const own = await daemon([], { PATH: '/nowhere' });
    const heard = await member(undefined, 'heard', 'told');
    const told = await member(own, 'told', 'heard');
    await Promise.all([heard, told].map(({ program }) => program.line(/^found/)));
    told.program.signal('SIGKILL');
    await eventually(async () => expect(await own.alive()).to.deep.equal([heard.id]), WITHIN);
  });
  it('carries those whom it hears by multicast into its Redis, and tells them of those who have Redis only', async () => {
    await redis.start();
    const client = redis.client();
    const layout = new RedisLayout('default');
    await daemon(['--redis', redis.url]);
    const heard = await member(undefined, 'heard', 'written');
    await eventually(async () => expect(await client.exists(layout.record(heard.id))).to.equal(1));
    const written = new Program('spec/e2e/programs/member.js', {
      args: ['written', 'heard'],
      env: { ...env, ATOM_MULTICAST: 'off', ATOM_REDIS_URL: redis.url },
    });
    await Promise.all([heard.program, written].map((program) => program.line(/^found/)));
    await heard.program.end();
    await eventually(async () => expect(await client.exists(layout.record(heard.id))).to.equal(0));
  });
});
