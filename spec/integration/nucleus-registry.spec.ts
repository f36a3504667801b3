import { expect } from 'chai';
import { Dealer } from 'zeromq';
import { silentLogger } from '../../nucleus/logger.js';
import type { NucleusRegistry } from '../../nucleus/registry/nucleus-registry.js';
import { encodeNucleus } from '../../nucleus/registry/nucleus-layout.js';
import { Heard } from '../conformance/registry.js';
import { eventually } from '../support/eventually.js';
import { fastClock } from '../support/fast-clock.js';
import { NucleusFixture, nucleusRegistry } from '../support/nucleus.js';
import { aRecord } from '../support/records.js';

const clock = fastClock(4);

describe('the registry of a nucleus', () => {
  const opened: NucleusRegistry[] = [];
  let nucleus: NucleusFixture;
  beforeEach(async () => {
    nucleus = new NucleusFixture(clock);
    await nucleus.start();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((registry) => registry.close()));
    await nucleus.stop();
  });

  const create = (
    over: { expected?: boolean; endpoint?: string } = {},
    warnings: string[] = [],
  ): NucleusRegistry => {
    const logger = { ...silentLogger, warn: (_: object, message: string) => void warnings.push(message) };
    const registry = nucleusRegistry(nucleus.endpoint, { clock, logger, ...over });
    opened.push(registry);
    return registry;
  };
  const writer = (): NucleusRegistry => {
    const registry = create();
    new Heard(registry);
    return registry;
  };

  it('is filled again by its owners when it comes back empty, and nobody is told of a loss', async () => {
    const [record, reader] = [aRecord(), create()];
    writer().put(record);
    const heard = new Heard(reader);
    await eventually(() => expect(heard.found).not.to.be.empty);
    await nucleus.stop();
    await eventually(() => expect(reader.status().state).to.equal('down'));
    await nucleus.start();
    await eventually(() => expect([...nucleus.store().records()]).to.deep.equal([record]), { within: 3000 });
    await eventually(() => expect(reader.status().state).to.equal('up'), { within: 3000 });
    expect(heard.lost).to.be.empty;
    expect(heard.left).to.be.empty;
  });

  it('tells that a record is lost that a new session does not name for a whole lease', async () => {
    const [record, reader, owner] = [aRecord(), create(), writer()];
    owner.put(record);
    const heard = new Heard(reader);
    await eventually(() => expect(heard.found).not.to.be.empty);
    await nucleus.stop();
    await owner.close();
    await nucleus.start();
    await eventually(() => expect(reader.status().state).to.equal('up'), { within: 3000 });
    expect(heard.lost).to.be.empty;
    await eventually(() => expect(heard.lost).to.deep.equal([record.id]), { within: 6000 });
  });

  it('is found whenever it comes, and before that is nothing to speak of where none is expected', async () => {
    await nucleus.stop();
    const warnings: string[] = [];
    const [quiet, loud] = [create({ expected: false }, warnings), create({}, [])];
    const heard = new Heard(quiet);
    new Heard(loud);
    await eventually(() => expect(quiet.status().state).to.equal('off'));
    await eventually(() => expect(loud.status().state).to.equal('down'));
    // The socket that was closed may still take the first knocks.
    await eventually(() =>
      expect(quiet.status().detail).to.include(nucleus.endpoint).and.to.include('nobody listens there'),
    );
    expect(warnings).to.be.empty;
    const record = aRecord();
    loud.put(record);
    await nucleus.start();
    await eventually(() => expect(heard.found.map(({ id }) => id)).to.deep.equal([record.id]));
    expect(quiet.status().state).to.equal('up');
  });

  it('tells of many records in pages, whole', async () => {
    const records = Array.from({ length: 500 }, () => aRecord());
    for (const record of records) nucleus.store().put(record);
    const heard = new Heard(create());
    await eventually(() => expect(new Set(heard.found.map(({ id }) => id)).size).to.equal(500));
    expect(heard.found.find(({ id }) => id === records[499]!.id)).to.deep.equal(records[499]);
  });

  it('closes at once while it knocks, connects or waits', async () => {
    for (const endpoint of [nucleus.endpoint, 'tcp://127.0.0.1:1', 'tcp://192.0.2.1:7993']) {
      const registry = create({ endpoint });
      new Heard(registry);
      const before = performance.now();
      await registry.close();
      expect(performance.now() - before, endpoint).to.be.below(1000);
      expect(registry.status().state).to.equal('off');
    }
  });

  it('drops and counts what is malformed, and goes on', async () => {
    const dealer = new Dealer({ linger: 0 });
    dealer.connect(nucleus.endpoint);
    const junk: (string | Buffer | string[])[] = [
      'no json',
      '{}',
      '[]',
      'null',
      Buffer.from([0xff, 0xfe, 0]),
      '{"atom":2,"do":"ping"}',
      '{"atom":1,"do":"dance"}',
      '{"atom":1,"do":"watch","env":7}',
      '{"atom":1,"do":"put","record":{"v":1}}',
      '{"atom":1,"do":"gone","env":"test","id":"x"}',
      encodeNucleus({ do: 'watch', env: 'x'.repeat(2000) }),
      ['{"atom":1,"do":"ping"}', 'more'],
    ];
    for (const each of junk) await dealer.send(each);
    await eventually(() => expect(nucleus.server.malformed).to.equal(junk.length));
    const [record, reader] = [aRecord(), create()];
    writer().put(record);
    const heard = new Heard(reader);
    await eventually(() => expect(heard.found).not.to.be.empty);
    dealer.close();
  });

  it('lets go of an environment when its last watcher has left, and makes none for a goodbye', async () => {
    const [first, last] = [create(), create()];
    for (const registry of [first, last]) new Heard(registry);
    await eventually(() => expect(nucleus.server.clients).to.equal(2));
    await eventually(() =>
      expect([first, last].map((each) => each.status().state)).to.deep.equal(['up', 'up']),
    );
    await first.close();
    await eventually(() => expect(nucleus.server.clients).to.equal(1));
    expect(nucleus.store().isIdle).to.equal(false);
    await last.close();
    await eventually(() => expect(nucleus.store().isIdle).to.equal(true));

    const dealer = new Dealer({ linger: 0 });
    dealer.connect(nucleus.endpoint);
    await dealer.send(encodeNucleus({ do: 'gone', env: 'elsewhere', id: aRecord().id }));
    await dealer.send(encodeNucleus({ do: 'watch', env: 'here' }));
    await eventually(() => expect(nucleus.environments).to.deep.equal(['test', 'here']));
    expect(nucleus.server.malformed).to.equal(0);
    dealer.close();
  });

  it('refuses an interface that others reach, unless told to', () => {
    expect(() => new NucleusFixture(clock, '0.0.0.0')).to.throw(TypeError, /0\.0\.0\.0.*insecure/s);
  });
});
