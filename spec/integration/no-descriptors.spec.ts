import { expect } from 'chai';
import { AtomFactory, AtomModule, AtomService, OnRequest, type Application } from 'atomjs';
import { eventually } from '../support/eventually.js';
import { endPrograms, ownNetwork, Program } from '../support/process.js';

@AtomService('@test/other')
class Other {
  @OnRequest()
  hello(): string {
    return 'hello';
  }
}

@AtomModule({ services: [Other] })
class OtherModule {}

describe('a process without a file descriptor left', function () {
  this.timeout(60_000);
  let app: Application | undefined;

  afterEach(async () => {
    await app?.close();
    await endPrograms();
  });

  it('goes on serving, fails what it cannot send, and is whole again when there are some', async () => {
    const env = ownNetwork();
    const discovery = { multicast: env.ATOM_MULTICAST!, nucleus: 'off' };
    const program = new Program('spec/integration/programs/starved.js', { env, openFiles: 150 });
    await program.line(/listening/);
    app = await AtomFactory.create(OtherModule, {
      logger: false,
      shutdownSignals: false,
      discovery,
    }).listen();
    const { client } = app;
    const starved = (operation: string) => client.request<string>('@test/starved', operation);
    await client.waitFor('@test/starved', { timeout: 10_000 });

    expect(await starved('starve')).to.equal('EMFILE');
    for (let n = 0; n < 3; n++) expect(await starved('ask')).to.match(/^UNAVAILABLE NOT_SENT$/);
    await starved('feed');
    await eventually(async () => expect(await starved('ask')).to.equal('hello'), { within: 15_000 });
    program.signal('SIGTERM');
    expect(await program.ended, program.describe()).to.deep.equal({ code: 0, signal: null });
  });
});
