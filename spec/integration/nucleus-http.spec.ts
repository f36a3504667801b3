import { expect } from 'chai';
import { IsInt } from 'class-validator';
import { MeshNode } from '../../lib/application/mesh-node.js';
import { resolveOptions } from '../../lib/application/options.js';
import { systemParts } from '../../lib/application/system-parts.js';
import { AtomClient } from '../../lib/client/atom-client.js';
import { AtomService } from '../../lib/decorators/atom-service.js';
import { OnEvent } from '../../lib/decorators/on-event.js';
import { OnRequest } from '../../lib/decorators/on-request.js';
import { AtomError } from '../../lib/errors.js';
import { OperationStats, type OperationStatsView } from '../../lib/runtime/operation-stats.js';
import { type Operation, ServiceRuntime } from '../../lib/runtime/service-runtime.js';
import type { ActionAnswer, HistoryEntry, InstanceDetail, MeshView } from '../../nucleus/daemon/http-api.js';
import { eventually } from '../support/eventually.js';
import { EventReader, startNucleusHttp, TOKEN } from '../support/nucleus-http.js';
import { Applications, moduleOf } from './support.js';

class Add {
  @IsInt() a!: number;
  @IsInt() b!: number;
}

@AtomService({ name: '@calc/sums', version: '1.2.0' })
class Sums {
  @OnRequest('add-up')
  add({ a, b }: Add): number {
    if (a === 13) throw new Error('a secret of the server');
    if (a === 14) throw new AtomError('FAILED_PRECONDITION', 'not today', { details: { why: 'sunday' } });
    return a + b;
  }
}

@AtomService('@calc/front')
class Front {
  constructor(private readonly client: AtomClient) {}

  @OnRequest({ accepts: 'any' })
  async ask(): Promise<unknown> {
    await this.client.publish('sum.asked', {});
    return this.client.request('@calc/sums', 'add-up', { a: 1, b: 2 });
  }
}

@AtomService('@calc/log')
class Log {
  heard = 0;

  @OnEvent('sum.asked', { from: '@calc/front', accepts: 'any' })
  onAsked(): void {
    this.heard++;
  }

  @OnEvent('sum.never', { from: '@calc/sums', accepts: 'any' })
  onNever(): void {}
}

describe('what a nucleus tells over HTTP', () => {
  const apps = new Applications().closeAfterEach();
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });

  async function start() {
    const nucleus = await startNucleusHttp(apps.options());
    opened.push(nucleus);
    return nucleus;
  }
  const get = async <T>(address: string, path: string): Promise<T> =>
    (await (await fetch(address + path)).json()) as T;
  const post = async (address: string, path: string, body: unknown) => {
    const response = await fetch(address + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    });
    return { status: response.status, answer: (await response.json()) as ActionAnswer };
  };

  it('is the mesh with its traffic, by service, instance and arrow', async () => {
    const [nucleus] = await Promise.all([
      start(),
      apps.listen(moduleOf([Sums])),
      apps.listen(moduleOf([Front, Log])),
    ]);
    await eventually(async () => (await get<MeshView>(nucleus.address, '/services')).services.length === 3);
    const view = await eventually(async () => {
      await post(nucleus.address, '/request', { service: '@calc/front', operation: 'ask' });
      const now = await get<MeshView>(nucleus.address, '/services');
      return now.services.every(({ perSecond }) => perSecond > 0) && now;
    });
    expect(view.services.map(({ name, health, versions }) => ({ name, health, versions }))).to.deep.equal([
      { name: '@calc/front', health: 'alive', versions: ['0.0.0'] },
      { name: '@calc/log', health: 'alive', versions: ['0.0.0'] },
      { name: '@calc/sums', health: 'alive', versions: ['1.2.0'] },
    ]);
    expect(view.services[0]).to.deep.include({ operations: ['ask'], topics: [] });
    expect(view.services[1]).to.deep.include({ operations: [], topics: ['sum.asked', 'sum.never'] });
    const edges = view.edges.map(({ kind, from, to, names }) => `${kind} ${from} ${to} ${names.join()}`);
    expect(edges).to.have.members([
      'calls  @calc/front ask',
      'calls @calc/front @calc/sums add-up',
      'hears @calc/front @calc/log sum.asked',
      'hears @calc/sums @calc/log sum.never',
    ]);
    const sums = view.instances.find(({ services }) => services[0]?.name === '@calc/sums')!;
    expect(sums).to.include({ health: 'alive', reason: '', revision: 2 });
    expect(sums.services[0]!.operations![0]).to.include({ name: 'add-up', errors: 0 });
    expect(sums.services[0]!.operations![0]!.latency.p50).to.be.greaterThan(0);
    const detail = await get<InstanceDetail>(nucleus.address, `/instances/${sums.id}`);
    expect(detail.descriptions['@calc/sums']).to.deep.include({
      operations: [{ name: 'add-up', method: 'add', accepts: 'Add', returns: 'any' }],
    });
    expect(detail.descriptions['@calc/sums']!.lexemes.Add!.schema).to.have.nested.property(
      'properties.a.type',
      'integer',
    );
  });

  it('is the answer of a request, or its error with outcome and details, and never what a server threw', async () => {
    const [nucleus] = await Promise.all([start(), apps.listen(moduleOf([Sums]))]);
    await eventually(() => nucleus.model.view().services.length === 1);
    const add = (data: unknown) =>
      post(nucleus.address, '/request', { service: '@calc/sums', operation: 'add-up', data });
    const { status, answer } = await add({ a: 20, b: 22 });
    expect({ status, ...answer, ms: 0 }).to.deep.equal({ status: 200, ok: true, result: 42, ms: 0 });

    const errors = [await add({ a: 'x', b: 1 }), await add({ a: 13, b: 1 }), await add({ a: 14, b: 1 })].map(
      ({ status, answer }) => ({ status, ...(answer.ok ? undefined : answer.error) }),
    );
    expect(errors[0]).to.include({ status: 400, code: 'INVALID_ARGUMENT', outcome: 'REJECTED' });
    expect(errors[0]!.details).to.have.nested.property('0.path', 'a');
    expect(errors[1]).to.include({ status: 500, code: 'INTERNAL', outcome: 'FAILED' });
    expect(JSON.stringify(errors[1])).not.to.match(/secret|\.js/);
    expect(errors[2]).to.deep.include({
      status: 400,
      code: 'FAILED_PRECONDITION',
      message: 'not today',
      details: { why: 'sunday' },
    });
    const missing = await post(nucleus.address, '/request', { service: '@calc/sums', operation: 'nothing' });
    expect(missing.status).to.equal(404);
    const nobody = await post(nucleus.address, '/request', {
      service: '@calc/nobody',
      operation: 'x',
      timeout: 2000,
    });
    expect(nobody).to.have.property('status', 503);
  });

  it('is the receipt of an event', async () => {
    const [nucleus, app] = await Promise.all([start(), apps.listen(moduleOf([Front, Log, Sums]))]);
    const { model } = nucleus;
    await eventually(() => model.view().services.length === 3);
    const heard: unknown[] = [];
    await app.client.subscribe('from.page', (data: unknown) => void heard.push(data));
    const { answer } = await eventually(async () => {
      const published = await post(nucleus.address, '/publish', { topic: 'from.page', data: { x: 1 } });
      return (
        published.answer.ok && (published.answer.result as { instances: number }).instances > 0 && published
      );
    });
    expect(answer).to.deep.include({ ok: true, result: { services: 1, instances: 1, dropped: 0 } });
    await eventually(() => heard.length > 0);
    expect(heard[0]).to.deep.equal({ x: 1 });
    expect(await post(nucleus.address, '/publish', { topic: 'bad topic' })).to.have.property('status', 400);
  });

  it('comes as it changes: who joins, and who leaves', async () => {
    const nucleus = await start();
    const reader = await EventReader.open(nucleus.address);
    opened.push(reader);
    await eventually(() => reader.of<MeshView>('mesh').length === 1);
    const app = await apps.listen(moduleOf([Sums]));
    await eventually(() => {
      const [sums] = reader.of<MeshView>('mesh').at(-1)!.instances;
      return sums?.services[0]?.operations !== undefined;
    });
    await app.close();
    await eventually(() => reader.of<MeshView>('mesh').at(-1)!.services.length === 0);
    const changes = reader.of<HistoryEntry>('change');
    expect(changes[0]).to.deep.include({
      type: 'joined',
      health: 'alive',
      services: ['@calc/sums'],
      sequence: 1,
    });
    expect(changes.at(-1)).to.deep.include({ type: 'left', health: 'gone', services: ['@calc/sums'] });
    expect(await get<HistoryEntry[]>(nucleus.address, '/history')).to.deep.equal(changes);
    expect(await get<HistoryEntry[]>(nucleus.address, '/history?since=1')).to.deep.equal(changes.slice(1));
  });

  it('has nothing of what an instance that lies makes up', async () => {
    const nucleus = await start();
    await apps.listen(moduleOf([Sums]));
    const liar = new MeshNode(systemParts(resolveOptions(apps.options())));
    opened.push(liar);
    liar.serve(
      new LyingService('@calc/liar', {
        'add-up': null,
        '<script>': counters(5),
        flood: counters(NaN),
        many: counters(-1),
        log: counters(7),
        ...Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`o${n}`, counters(1)])),
      }),
    );
    await liar.start();
    liar.announce();
    const view = await eventually(async () => {
      const now = await get<MeshView>(nucleus.address, '/services');
      return now.services.length === 2 && now.services[0]!.p99 > 0 && now;
    });
    const { services } = view.instances.find(({ id }) => id === liar.id)!;
    expect(services[0]!.operations!.slice(0, 2).map(({ name }) => name)).to.deep.equal(['log', 'o0']);
    expect(services[0]!.operations).to.have.length(200);
    expect(view.services.map(({ name }) => name)).to.deep.equal(['@calc/liar', '@calc/sums']);
    expect(view.services[0]!.operations).to.have.length(200);
    expect(JSON.stringify(view)).not.to.include('script');
    // Of the callers that it names, the one that there is, and all that is nobody as clients.
    expect(view.edges.map(({ from, to, names }) => [from, to, names.length])).to.have.deep.members([
      ['@calc/sums', '@calc/liar', 20],
      ['', '@calc/liar', 20],
    ]);
  });
});

/** What `$stats` says of an operation, by somebody who makes it up. */
function counters(count: number): object {
  const latency = { p50: 1, p90: 2, p99: 3, max: 4 };
  const callers = { '@calc/sums': 3, '@made/up': 4, 'no service': 5 };
  return { count, inFlight: 0, errors: { INTERNAL: 1, WHY: 'x' }, latency, callers };
}

class LyingStats extends OperationStats {
  constructor(private readonly lie: unknown) {
    super();
  }

  override view(): OperationStatsView {
    return this.lie as OperationStatsView;
  }
}

class LyingService extends ServiceRuntime {
  constructor(
    name: string,
    private readonly lies: Record<string, unknown>,
  ) {
    super(name, '1.0.0', {});
  }

  override operations(): readonly Operation[] {
    const none = { kind: 'none' } as const;
    return Object.entries(this.lies).map(([name, lie]) => ({
      name,
      method: name,
      accepts: none,
      returns: none,
      run: () => undefined,
      stats: new LyingStats(lie),
    }));
  }
}
