import { expect } from 'chai';
import { inspectionText } from '../../../../nucleus/cli/inspection.js';
import type { ServiceDetail } from '../../../../nucleus/daemon/http-api.js';

describe('what atom inspect shows', () => {
  const latency = { p50: 1, p90: 1, p99: 1, max: 1 };
  const view = { count: 3, inFlight: 0, errors: {}, latency, callers: {} };
  const instance = (id: string, ...operations: string[]) => ({
    id,
    version: '1.0.0',
    health: 'alive' as const,
    reason: '',
    endpoint: '',
    eventsEndpoint: '',
    sources: [],
    stats: {
      operations: Object.fromEntries(operations.map((name) => [name, view])),
      events: {},
      listeners: [],
    },
  });

  const operation = (name: string, accepts = 'any') => ({ name, method: name, accepts, returns: 'any' });
  const version = (
    operations: ServiceDetail['operations'],
    lexemes: ServiceDetail['lexemes'] = {},
  ): ServiceDetail => ({
    name: '@shop/stock',
    version: '1.0.0',
    metadata: {},
    operations,
    events: [],
    lexemes,
  });

  it('says how many instances have what not all have', () => {
    const text = inspectionText({
      name: '@shop/stock',
      versions: [version([operation('reserve'), operation('ship')])],
      instances: [instance('a', 'reserve', 'ship'), instance('b', 'reserve')],
    });
    expect(text).to.match(/^ +ship .* 1 of 2 instances$/m);
    expect(text).to.match(/^ +reserve .* 1\.0$/m);
  });

  it('has those who hear it in columns', () => {
    const one = instance('a');
    const listeners = [
      { service: '@shop/web', topic: 'price.*', instances: 2 },
      { service: 'f'.repeat(32), topic: 'a', instances: 1 },
      { service: 'e'.repeat(32), topic: 'a', instances: 1 },
    ];
    const instances = [{ ...one, stats: { ...one.stats, listeners } }];
    const text = inspectionText({ name: '@shop/stock', versions: [], instances });
    expect(text.split('\n').slice(-4)).to.deep.equal([
      'Heard by',
      '  TOPIC    SERVICE',
      '  a        a client',
      '  price.*  @shop/web',
    ]);
  });

  it('says of durable events how many were given up', () => {
    const groups = { 'order.*': { backlog: 5, held: 2, retrying: 1, deadLettered: 3 } };
    const one = instance('a');
    const text = inspectionText({
      name: '@shop/stock',
      versions: [],
      instances: [{ ...one, stats: { ...one.stats, durable: groups } }],
    });
    expect(text).to.match(/^ +TOPIC +WAITING +PENDING +UNREAD +RETRYING +GIVEN UP$/m);
    expect(text).to.match(/^ +order\.\* +5 +2 +3 +1 +3$/m);
  });

  it('lets no control character of a lexeme out', () => {
    const schema = { type: 'string', format: '\u001b[31mred' };
    const text = inspectionText({
      name: '@shop/stock',
      versions: [version([operation('reserve', 'Sku')], { Sku: { version: 1, schema } })],
      instances: [],
    });
    expect(text).to.include('string, \\u001b[31mred').and.not.include('\u001b');
  });
});
