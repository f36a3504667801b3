import { expect } from 'chai';
import { Applications, failure, moduleOf } from './support.js';

describe('a client whose application has closed', () => {
  const apps = new Applications().closeAfterEach();

  it('refuses whatever is begun, and says why', async () => {
    const client = await apps.client();
    const subscription = await client.subscribe('a.topic', () => undefined);
    await client.close();
    const begun = [
      client.request('@closed/service', 'get'),
      client.signal('@closed/service', 'a.topic', {}),
      client.publish('a.topic', {}),
      client.subscribe('a.topic', () => undefined),
      client.waitFor('@closed/service'),
    ];
    for (const one of begun) {
      const { code, outcome, message } = await failure(one);
      expect({ code, outcome, message }).to.deep.equal({
        code: 'UNAVAILABLE',
        outcome: 'NOT_SENT',
        message: 'This client is closed',
      });
    }
    await subscription.unsubscribe();
  });

  it('refuses also when the application was closed before it listened', async () => {
    const app = apps.create(moduleOf([]));
    await app.close();
    expect((await failure(app.client.publish('a.topic', {}))).code).to.equal('UNAVAILABLE');
    expect((await failure(app.client.request('@closed/service', 'get'))).code).to.equal('UNAVAILABLE');
  });

  it('no longer waits for services', async () => {
    const client = await apps.client();
    const waiting = failure(client.waitFor('@closed/never'));
    await client.close();
    expect((await waiting).message).to.equal('This client is closed');
  });

  it('waits for no name that no service can have', async () => {
    const client = await apps.client();
    expect((await failure(client.waitFor('never'))).code).to.equal('INVALID_ARGUMENT');
  });
});
