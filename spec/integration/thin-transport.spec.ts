import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Router } from 'zeromq';
import { systemClock } from '../../nucleus/clock.js';
import type { CloseReason, Link } from '../../lib/transport/transport.js';
import { ThinTransport } from '../../lib/transport/zeromq/thin-transport.js';
import { ANYBODY, encodeEnvelope } from '../../lib/wire/codec.js';
import { eventually } from '../support/eventually.js';
import { fastClock } from '../support/fast-clock.js';

/** What a ROUTER says first, without a word of its own after that. */
const OPENING = Buffer.concat([
  Buffer.from('ff00000000000000017f03014e554c4c', 'hex'),
  Buffer.alloc(64 - 16),
  Buffer.from('\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06ROUTER', 'latin1'),
]);
const SPEED = 20;

describe('the thin transport', () => {
  const routers: Router[] = [];
  const servers: Server[] = [];
  const transports: ThinTransport[] = [];
  afterEach(async () => {
    for (const router of routers.splice(0)) router.close();
    for (const transport of transports.splice(0)) await transport.close();
    for (const server of servers.splice(0)) server.close();
  });

  const connect = (endpoint: string, clock = systemClock) => {
    const transport = new ThinTransport({ instance: randomBytes(16).toString('hex') }, clock);
    transports.push(transport);
    const told = { opened: 0, received: 0, closings: [] as CloseReason[] };
    const link: Link = transport.connect(endpoint, ANYBODY, {
      opened: () => void told.opened++,
      received: () => void told.received++,
      closed: (_, reason) => void told.closings.push(reason),
    });
    return { link, told };
  };
  const router = async (options: ConstructorParameters<typeof Router>[0] = {}): Promise<Router> => {
    const made = new Router({ linger: 0, ...options });
    routers.push(made);
    await made.bind('tcp://127.0.0.1:*');
    return made;
  };
  /** A plain server; gives its endpoint, the connections that it took, and what came on them. */
  const server = async (greet: Buffer): Promise<{ endpoint: string; taken: Socket[]; heard: Buffer[] }> => {
    const taken: Socket[] = [];
    const heard: Buffer[] = [];
    const made = createServer((socket) => {
      taken.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => void heard.push(bytes));
      socket.write(greet);
    });
    servers.push(made);
    await once(made.listen(0, '127.0.0.1'), 'listening');
    return { endpoint: `tcp://127.0.0.1:${(made.address() as AddressInfo).port}`, taken, heard };
  };

  it('answers the heartbeats of libzmq, which ends the connection otherwise', async () => {
    const strict = await router({ heartbeatInterval: 50, heartbeatTimeout: 300 });
    const { told } = connect(strict.lastEndpoint!);
    await eventually(() => told.opened === 1);
    const since = performance.now();
    await eventually(() => performance.now() - since > 1000);
    expect(told.closings).to.deep.equal([]);
  });

  it('ends a connection whose other end is silent for 7 s, and one that is cut off', async () => {
    const { endpoint, taken } = await server(OPENING);
    const clock = fastClock(SPEED);
    const { told } = connect(endpoint, clock);
    await eventually(() => told.opened === 1);
    const since = clock.now();
    await eventually(() => expect(told.closings).to.deep.equal(['disconnected']));
    expect(clock.now() - since).to.be.above(5000);
    const cut = connect(endpoint);
    await eventually(() => cut.told.opened === 1);
    for (const socket of taken) socket.destroy();
    await eventually(() => expect(cut.told.closings).to.deep.equal(['disconnected']));
  });

  it('sends no heartbeats of ZMTP, which may end the process of a busy libzmq', async () => {
    const { endpoint, heard } = await server(OPENING);
    const { told } = connect(endpoint, fastClock(SPEED));
    await eventually(() => told.closings.length === 1);
    const said = Buffer.concat(heard).toString('latin1');
    expect(said).to.contain('READY');
    expect(said).not.to.contain('PING');
  });

  it('refuses who speaks something else, at once', async () => {
    const { endpoint } = await server(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'.padEnd(64, 'x')));
    const since = performance.now();
    const { told } = connect(endpoint);
    await eventually(() => expect(told.closings).to.deep.equal(['refused']));
    expect(performance.now() - since).to.be.below(1000);
    expect(told.opened).to.equal(0);
  });

  it('refuses who says nothing, after 2 s', async () => {
    const { endpoint } = await server(Buffer.alloc(0));
    const { told } = connect(endpoint, fastClock(SPEED));
    await eventually(() => expect(told.closings).to.deep.equal(['refused']));
  });

  it('ends the connection to who announces a frame that is too large', async () => {
    const { endpoint } = await server(Buffer.concat([OPENING, Buffer.from('02000000007fffffff', 'hex')]));
    const { told } = connect(endpoint);
    await eventually(() => expect(told.closings).to.deep.equal(['disconnected']));
    expect(told.opened).to.equal(1);
  });

  it('holds what it is given back, while the other end does not read', async () => {
    const { endpoint, taken } = await server(OPENING);
    const { link, told } = connect(endpoint);
    await eventually(() => told.opened === 1);
    taken[0]!.pause();
    const bulky = encodeEnvelope({ t: 'req', i: 1, s: '@a/b', o: 'c', dl: 0, d: 'x'.repeat(1_000_000) });
    await eventually(() => !link.send(bulky), { every: 1 });
    expect(link.queuedBytes).to.be.above(14_000_000);
    taken[0]!.resume();
    await link.flushed();
    expect(link.queuedBytes).to.equal(0);
  });
});
