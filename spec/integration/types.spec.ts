import { IsDate, IsInt, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { expect } from 'chai';
import { AtomService } from '../../lib/decorators/atom-service.js';
import { OnRequest } from '../../lib/decorators/on-request.js';
import { Applications, failure, moduleOf } from './support.js';

class Range {
  @IsInt() days!: number;
}

class Slot {
  @IsDate() @Type(() => Date) at!: Date;
}

class Slots {
  @ValidateNested({ each: true }) @Type(() => Slot) slots!: Slot[];
}

@AtomService('@time/slots')
class SlotsService {
  @OnRequest('next-slots', { returns: Slots })
  next({ days }: Range): Slots {
    const slots = Array.from({ length: days }, (_, day) => Object.assign(new Slot(), { at: new Date(day) }));
    return Object.assign(new Slots(), { slots });
  }
}

describe('typed remotes over ZeroMQ', () => {
  const apps = new Applications().closeAfterEach();

  async function connected() {
    await apps.listen(moduleOf([SlotsService]));
    const client = await apps.client();
    await client.waitFor('@time/slots', { timeout: 5000 });
    return client;
  }

  it('by name give plain JSON', async () => {
    const client = await connected();
    const remote = client.of<SlotsService>('@time/slots');
    const { slots } = await remote.next({ days: 1 });
    expect(slots).to.deep.equal([{ at: '1970-01-01T00:00:00.000Z' }]);
  });

  it('by class revive what comes back, and check what is sent before it leaves', async () => {
    const client = await connected();
    const remote = client.of(SlotsService);
    const result = await remote.next({ days: 2 });
    expect(result).to.be.instanceOf(Slots);
    expect(result.slots[1]).to.be.instanceOf(Slot);
    expect(result.slots[1]!.at).to.deep.equal(new Date(1));
    const wrong = await failure(remote.next({ days: 1.5 }));
    expect(wrong).to.include({ code: 'INVALID_ARGUMENT', outcome: 'NOT_SENT' });
  });

  it('take options', async () => {
    const client = await connected();
    const error = await failure(client.of(SlotsService).next({ days: 1 }, { instance: 'f'.repeat(32) }));
    expect(error).to.include({ code: 'UNAVAILABLE', outcome: 'NOT_SENT' });
    expect(() => client.of('slots')).to.throw('bad service name');
  });
});
