import { expect } from 'chai';
import { AtomFactory, type AtomClient } from 'atomjs';
import { endPrograms, ownNetwork, Program } from '../support/process.js';

describe('a promise that a handler leaves behind and that is rejected', () => {
  let env: NodeJS.ProcessEnv;
  let client: AtomClient & { close(): Promise<void> };

  beforeEach(async () => {
    env = ownNetwork();
    const discovery = { multicast: env.ATOM_MULTICAST!, nucleus: 'off' };
    client = await AtomFactory.createClient({ logger: false, discovery });
  });

  afterEach(async () => {
    await client.close();
    await endPrograms();
  });

  const start = async (...args: string[]) => {
    const program = new Program('spec/integration/programs/careless.js', { env, args });
    await program.line(/listening/);
    await client.waitFor('@test/careless', { timeout: 10_000 });
    return program;
  };

  it('is logged with its handler, and does not end the process', async () => {
    const program = await start();
    for (let n = 0; n < 3; n++) {
      expect(await client.request('@test/careless', 'leave-behind')).to.equal('done');
    }
    const line = await program.line(/nobody awaits.*nor this|nor this.*nobody awaits/);
    const { msg, service, operation, level } = JSON.parse(line) as Record<string, unknown>;
    expect(msg).to.equal(
      "a promise was rejected that nobody awaits, left behind by '@test/careless::leave-behind'",
    );
    expect({ service, operation, level }).to.deep.equal({
      service: '@test/careless',
      operation: 'leave-behind',
      level: 50,
    });
    expect(program.isRunning).to.equal(true);
    program.signal('SIGTERM');
    expect((await program.ended).code).to.equal(0);
  });

  it('ends the process, as Node does, where that is wanted', async () => {
    const program = await start('throw');
    await client.request('@test/careless', 'leave-behind').catch(() => undefined);
    expect((await program.ended).code).to.equal(1);
    expect(program.errors).to.include('nobody awaits this');
  });
});
