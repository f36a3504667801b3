import { expect } from 'chai';
import { aMesh, counters, offering, stats } from './support.js';

describe('the model of the mesh', () => {
  describe('says of an instance that it is', () => {
    it('alive, from where it is known and since when', () => {
      const { join, of, directory } = aMesh();
      const record = join();
      directory.offer(record, 'beacon');
      expect(of(record.id)).to.deep.equal({
        id: record.id,
        endpoint: record.endpoint,
        eventsEndpoint: record.eventsEndpoint,
        host: 'host-a',
        revision: 1,
        health: 'alive',
        reason: '',
        since: Date.UTC(2026, 0, 1),
        sources: ['registry', 'beacon'],
        services: [{ name: '@shop/orders', version: '1.2.0' }],
      });
    });

    it('slow with one sign against it, also hearsay that changes nothing else, and alive again without', async () => {
      const { join, of, directory, changes, clock } = aMesh();
      const [first, second] = [join(), join()];
      directory.observe(first.id, 'unanswered');
      directory.observe(second.id, 'lease-lost');
      expect(of(first.id)).to.include({ health: 'slow', reason: 'it does not answer PING' });
      expect(of(second.id)).to.include({ health: 'slow', reason: 'its lease in the registry ran out' });
      await clock.advance(1000);
      directory.observe(first.id, 'answered');
      expect(of(first.id)).to.include({ health: 'alive', reason: '', since: clock.wallTime() });
      expect(changes()).to.deep.equal([
        'joined alive: found by registry',
        'joined alive: found by registry',
        'health slow: it does not answer PING',
        'health slow: its lease in the registry ran out',
        'health alive: it answers again',
      ]);
    });

    it('slow by hearsay also when nobody looks', async () => {
      const { join, directory, changes, clock } = aMesh();
      directory.observe(join().id, 'beacon-silent');
      await clock.advance(1000);
      expect(changes().at(-1)).to.equal('health slow: its beacon is silent');
    });

    it('slow when its statistics are late twice in a row, or do not come', () => {
      const { join, of, model } = aMesh();
      const { id } = join();
      const answer = stats({});
      model.told(id, '@shop/orders', answer, 800);
      expect(of(id)!.health).to.equal('alive');
      model.told(id, '@shop/orders', answer, 801);
      expect(of(id)).to.include({ health: 'slow', reason: 'it answers late: its statistics took 801 ms' });
      model.told(id, '@shop/orders', answer, 3);
      expect(of(id)!.health).to.equal('alive');
      model.silent(id, 1000);
      expect(of(id)!.reason).to.equal('it is slow to answer: its statistics did not come within 1000 ms');
      model.told(id, '@shop/orders', answer, 3);
      expect(of(id)!.health).to.equal('alive');
    });

    it('draining, whatever else speaks against it', () => {
      const { join, of, directory } = aMesh();
      const record = join();
      directory.offer({ ...record, revision: 2, draining: true }, 'registry');
      expect(of(record.id)).to.include({
        health: 'draining',
        reason: 'it is draining',
      });
      directory.observe(record.id, 'disconnected');
      expect(of(record.id)!.reason).to.equal('it is draining and the connection to it broke');
    });

    it('lost when two signs took it away, for 60 s, and that nothing runs there', async () => {
      const { join, of, directory, model, clock, changes } = aMesh();
      const { id } = join();
      model.told(id, '@shop/orders', stats({ x: counters({ count: 1 }) }), 1);
      await clock.advance(1000);
      model.told(id, '@shop/orders', stats({ x: counters({ count: 9 }) }), 1);
      directory.observe(id, 'disconnected');
      directory.observe(id, 'refused');
      expect(of(id)).to.include({
        health: 'lost',
        reason: 'the connection to it broke and its port refuses connections',
      });
      expect(of(id)!.services[0]!.operations![0]).to.include({ count: 9, perSecond: 0 });
      expect(model.view().services[0]).to.deep.include({ health: 'lost', perSecond: 0 });
      expect(model.size).to.equal(0);
      expect(changes().at(-1)).to.equal(
        'lost lost: the connection to it broke and its port refuses connections',
      );
      await clock.advance(59_000);
      expect(of(id)!.health).to.equal('lost');
      await clock.advance(2000);
      expect(model.view()).to.deep.include({ instances: [], services: [] });
    });

    it('back when it was lost and is found again', () => {
      const { join, of, directory, changes } = aMesh();
      const record = join();
      directory.observe(record.id, 'disconnected');
      directory.observe(record.id, 'unanswered');
      directory.offer({ ...record, revision: 2 }, 'beacon');
      expect(of(record.id)).to.include({ health: 'alive', revision: 2 });
      expect(changes().at(-1)).to.equal('health alive: it is back: found by beacon');
    });

    it('gone when it said goodbye: no longer shown', () => {
      const { join, directory, model, changes } = aMesh();
      const { id } = join();
      directory.observe(id, 'draining');
      directory.observe(id, 'goodbye');
      expect(model.view()).to.deep.include({ instances: [], services: [], edges: [] });
      expect(changes().at(-1)).to.equal('left gone: it said goodbye');
    });
  });

  it('keeps the 200 that were lost last', async () => {
    const { join, directory, model, clock } = aMesh();
    for (let n = 0; n < 250; n++) {
      const { id } = join();
      directory.observe(id, 'disconnected');
      directory.observe(id, 'refused');
    }
    await clock.advance(1000);
    expect(model.view().instances).to.have.length(200);
  });

  it('does not show whom it was told to hide', () => {
    const hidden = 'f'.repeat(32);
    const { join, model, history } = aMesh({ hidden: (id) => id === hidden });
    join({ id: hidden });
    expect(model.view().instances).to.deep.equal([]);
    expect(history.since()).to.deep.equal([]);
  });

  it('follows what an instance offers', () => {
    const { join, directory, model, changes } = aMesh();
    const record = join({ services: [offering('@a/one', 'x'), offering('@a/two')] });
    model.told(record.id, '@a/one', stats({ x: counters({ count: 1 }) }), 1);
    directory.offer(
      { ...record, revision: 2, services: [offering('@a/two', 'y'), offering('@a/three')] },
      'registry',
    );
    expect(model.view().services.map(({ name, operations }) => `${name} ${operations.join()}`)).to.deep.equal(
      ['@a/three ', '@a/two y'],
    );
    expect(model.told(record.id, '@a/one', stats({}), 1)).to.equal(false);
    expect(changes().at(-1)).to.equal('updated alive: registry: revision 2');
  });

  it('gives the same view until something changes, and tells when', () => {
    const { join, model, directory } = aMesh();
    const { id } = join();
    const first = model.view();
    let told = 0;
    model.subscribe(() => told++);
    expect(model.view()).to.equal(first);
    expect(told).to.equal(0);
    directory.observe(id, 'unanswered');
    expect(told).to.be.greaterThan(0);
    expect(model.view()).not.to.equal(first);
  });

  it('makes rates of counters, and nothing of those that fell', async () => {
    const { join, model, of, clock } = aMesh();
    const { id } = join();
    const tell = async (count: number, failed: number) => {
      await clock.advance(2000);
      model.told(id, '@shop/orders', stats({ buy: counters({ count, errors: { INTERNAL: failed } }) }), 1);
      const { perSecond, errorsPerSecond, errors } = of(id)!.services[0]!.operations![0]!;
      return [perSecond, errorsPerSecond, errors];
    };
    expect(await tell(100, 10)).to.deep.equal([0, 0, 10]);
    expect(await tell(120, 11)).to.deep.equal([10, 0.5, 11]);
    expect(await tell(5, 0)).to.deep.equal([0, 0, 0]);
    expect(await tell(9, 0)).to.deep.equal([2, 0, 0]);
    model.told(id, '@shop/orders', stats({ buy: counters({ count: 50 }) }), 1);
    expect(of(id)!.services[0]!.operations![0]!.perSecond, 'no time has passed').to.equal(0);
  });

  it('adds up a service over its instances', async () => {
    const { join, model, directory, clock } = aMesh();
    const [first, second, third] = [join(), join({ draining: true }), join()];
    const tell = (id: string, count: number, p50: number, p99: number) =>
      model.told(id, '@shop/orders', stats({ buy: counters({ count, p50, p99 }) }), 1);
    tell(first.id, 0, 1, 5);
    tell(second.id, 0, 1, 5);
    await clock.advance(1000);
    tell(first.id, 30, 1, 5);
    tell(second.id, 10, 5, 9);
    directory.observe(third.id, 'unanswered');
    expect(model.view().services[0]).to.deep.equal({
      name: '@shop/orders',
      versions: ['1.2.0'],
      health: 'alive',
      instances: { alive: 1, slow: 1, draining: 1, lost: 0 },
      operations: ['place-order'],
      topics: ['payment.completed'],
      perSecond: 40,
      errorsPerSecond: 0,
      p50: 2,
      p99: 9,
    });
  });

  describe('draws an arrow', () => {
    const pair = () => {
      const mesh = aMesh();
      const shop = mesh.join({ services: [offering('@a/shop', 'buy')], subscriptions: [] });
      const log = mesh.join({
        services: [offering('@a/log')],
        subscriptions: [
          { service: '@a/log', from: '@a/shop', topic: 'sold', delivery: 'group' },
          { service: '@a/log', topic: 'any.>', delivery: 'group' },
        ],
      });
      return { ...mesh, shop, log };
    };

    it('for each caller that is a service, and one for all clients', () => {
      const { model, shop } = pair();
      const callers = { '@a/log': 3, '': 2, '*': 4, '@a/gone': 5, '@a/shop': 0 };
      model.told(shop.id, '@a/shop', stats({ buy: counters({ count: 14, callers }) }), 1);
      expect(model.view().edges).to.deep.equal([
        { kind: 'calls', from: '', to: '@a/shop', names: ['buy'], perSecond: 0, count: 6 },
        { kind: 'calls', from: '@a/log', to: '@a/shop', names: ['buy'], perSecond: 0, count: 3 },
      ]);
    });

    it('for what was heard, with its rate over all instances', async () => {
      const { model, log, join, clock } = pair();
      const twin = join({ services: log.services, subscriptions: log.subscriptions });
      const tell = (count: number) => {
        const events = { 'any.>': counters({ count, callers: { '@a/shop': count } }) };
        for (const { id } of [log, twin]) model.told(id, '@a/log', stats({}, events), 1);
      };
      tell(10);
      await clock.advance(1000);
      tell(15);
      expect(model.view().edges).to.deep.equal([
        { kind: 'hears', from: '@a/shop', to: '@a/log', names: ['any.>'], perSecond: 10, count: 30 },
      ]);
    });

    it('for a listener that named the publisher, before it has heard anything; not for one that listens to all', () => {
      const { model, shop, directory, log } = pair();
      const listeners = [
        { service: '@a/log', topic: 'sold', instances: 1 },
        { service: '@a/log', topic: 'any.>', instances: 1 },
      ];
      model.told(shop.id, '@a/shop', stats({}, {}, listeners), 1);
      const edge = { kind: 'hears', from: '@a/shop', to: '@a/log', names: ['sold'], perSecond: 0, count: 0 };
      expect(model.view().edges).to.deep.equal([edge]);
      directory.offer({ ...log, revision: 2, subscriptions: [] }, 'registry');
      expect(model.view().edges).to.deep.equal([]);
    });

    it('to a client that listens', () => {
      const { model, shop, join } = pair();
      const client = join({
        services: [],
        subscriptions: [{ service: '', from: '@a/shop', topic: 'sold', delivery: 'broadcast' }],
      });
      const listeners = [{ service: client.id, topic: 'sold', instances: 1 }];
      model.told(shop.id, '@a/shop', stats({}, {}, listeners), 1);
      expect(model.view().edges.map(({ from, to }) => [from, to])).to.deep.equal([['@a/shop', '']]);
    });

    it('of at most 20 names', () => {
      const { model, shop } = pair();
      const operations = Object.fromEntries(
        Array.from({ length: 30 }, (_, n) => [`o${n}`, counters({ count: 1, callers: { '': 1 } })]),
      );
      model.told(shop.id, '@a/shop', stats(operations), 1);
      expect(model.view().edges[0]).to.have.property('names').with.length(20);
      expect(model.view().edges[0]).to.have.property('count', 30);
    });
  });

  describe('does not believe', () => {
    it('an answer that is none, and keeps what it knew', () => {
      const { join, model, of } = aMesh();
      const { id } = join();
      model.told(id, '@shop/orders', stats({ buy: counters({ count: 3 }) }), 1);
      for (const answer of [
        undefined,
        null,
        'x',
        [],
        {},
        { operations: [], events: {} },
        { operations: {} },
      ]) {
        expect(model.told(id, '@shop/orders', answer, 1)).to.equal(false);
      }
      expect(of(id)!.services[0]!.operations![0]!.count).to.equal(3);
      expect(of(id)!.health).to.equal('alive');
    });

    it('numbers and names that cannot be', () => {
      const { join, model, of } = aMesh();
      const { id } = join({ services: [offering('@shop/orders', 'ok', '<b>'), offering('no name', 'x')] });
      const good = counters({ count: 1, errors: { A: -1, B: 'x', C: 2 } });
      const bad = [
        counters({ count: -1 }),
        counters({ count: '5' }),
        counters({ count: Infinity }),
        counters({ p50: NaN }),
        { count: 1 },
        7,
      ];
      const operations = Object.fromEntries(bad.map((value, n) => [`bad${n}`, value]));
      const told = { ...operations, '<b>': good, [`x${'y'.repeat(300)}`]: good, ok: good };
      expect(model.told(id, '@shop/orders', stats(told, { 'a b': good }), 1)).to.equal(true);
      const [service] = of(id)!.services;
      expect(of(id)!.services).to.have.length(1);
      expect(service!.operations!.map(({ name, errors }) => [name, errors])).to.deep.equal([['ok', 2]]);
      expect(service!.events).to.deep.equal([]);
      expect(model.view().services[0]!.operations).to.deep.equal(['ok']);
    });

    it('more than one program can have', () => {
      const { join, model, of } = aMesh();
      const services = Array.from({ length: 150 }, (_, n) => offering(`@a/s${n}`));
      const { id } = join({ services });
      const operations = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`o${n}`, counters()]));
      for (const { name } of services) model.told(id, name, stats(operations), 1);
      expect(of(id)!.services).to.have.length(100);
      const told = of(id)!.services.flatMap((service) => service.operations ?? []);
      expect(told).to.have.length(5000);
    });
  });

  it('leaves no timer behind', () => {
    const { model, clock, join, directory } = aMesh();
    join();
    model.close();
    directory.close();
    expect(clock.pending).to.equal(0);
  });
});
