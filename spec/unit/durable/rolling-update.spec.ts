import { IsInt } from 'class-validator';
import { expect } from 'chai';
import { AtomService } from '../../../lib/decorators/atom-service.js';
import { Lexeme } from '../../../lib/decorators/lexeme.js';
import { OnEvent } from '../../../lib/decorators/on-event.js';
import type { Class } from '../../../lib/metadata/definitions.js';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import { createTestApplication, createTestClient } from '../../../lib/testing/test-application.js';
import { TestNetwork } from '../../../lib/testing/test-network.js';
import { moduleOf } from '../../integration/support.js';

@Lexeme('parcel.sent', { durable: true })
class ParcelSent {
  @IsInt() n!: number;
}
@Lexeme('parcel.sent', { durable: true, version: 2 })
class ParcelSentLater extends ParcelSent {}

let heard: string[] = [];

@AtomService('@shop/mail')
class Mail {
  @OnEvent('parcel.sent')
  onSent({ n }: ParcelSent) {
    heard.push(`old ${n}`);
  }
}
@AtomService('@shop/mail')
class LaterMail {
  @OnEvent('parcel.sent')
  onSent({ n }: ParcelSentLater) {
    heard.push(`new ${n}`);
  }
}

describe('a durable event that fails its check', () => {
  it('is tried again, so that the next version of its service can take it', async () => {
    heard = [];
    const clock = new FakeClock();
    const network = new TestNetwork();
    const options = { logLevel: 'silent' } as const;
    const start = (service: Class) => createTestApplication(moduleOf([service]), { network, clock, options });
    const closed = async (app: { close(): Promise<void> }): Promise<void> => {
      const closing = app.close();
      await clock.advance(15_000);
      await closing;
    };
    const before = await start(Mail);
    const client = await createTestClient(network, { clock });
    await clock.advance(2000);
    await client.publish(Object.assign(new ParcelSentLater(), { n: 1 }));
    await clock.advance(1000);
    expect(before.service('@shop/mail').stats().durable!['parcel.sent']).to.include({ retrying: 1 });
    await closed(before);
    const after = await start(LaterMail);
    await clock.advance(5000);
    expect(heard).to.deep.equal(['new 1']);
    expect(await client.deadLetters().list()).to.deep.equal([]);
    await closed(client);
    await closed(after);
  });
});
