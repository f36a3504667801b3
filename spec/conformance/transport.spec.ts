import { Dealer } from 'zeromq';
import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../nucleus/clock.js';
import { LinkHost } from '../../lib/transport/link-host.js';
import { MemoryLink } from '../../lib/transport/memory/memory-link.js';
import { MemoryNetwork } from '../../lib/transport/memory/memory-network.js';
import { MemoryTransport } from '../../lib/transport/memory/memory-transport.js';
import { ThinTransport } from '../../lib/transport/zeromq/thin-transport.js';
import { ZeromqTransport } from '../../lib/transport/zeromq/zeromq-transport.js';
import { ANYBODY } from '../../lib/wire/codec.js';
import { eventually } from '../support/eventually.js';
import { goodMessage } from '../support/malformed.js';
import { type RawPeer, transportConformance } from './transport.js';

const network = new MemoryNetwork();

/** A link that sends whatever frames the spec gives it. */
class RawLink extends MemoryLink {
  async push(frames: Buffer[]): Promise<void> {
    await eventually(() => this.other!.arrive(frames) === 'sent');
  }
}

transportConformance('memory', {
  create: (options) => new MemoryTransport(network, options),
  endpoint: () => 'tcp://127.0.0.1:0',
  nowhere: 'tcp://no-such-host.invalid:5000',
  handles: () => network.size,
  raw: async (endpoint): Promise<RawPeer> => {
    const instance = randomUUID().replaceAll('-', '');
    let open = false;
    const listener = { opened: () => void (open = true), received: () => {}, closed: () => {} };
    const host = new LinkHost({ instance }, systemClock);
    const leave = (ended: MemoryLink): void => network.leave(ended);
    const link = new RawLink(network, instance, endpoint, ANYBODY, host, listener, leave);
    network.dial(link, endpoint);
    await eventually(() => open);
    return { send: (frames) => link.push(frames), close: () => link.close() };
  },
});

const descriptors = (): number => readdirSync('/proc/self/fd').length;

async function rawDealer(endpoint: string): Promise<RawPeer> {
  const dealer = new Dealer({ linger: 0 });
  dealer.connect(endpoint);
  dealer.receive().catch(() => undefined); // it keeps libzmq's commands going; fails at the close
  return { send: (frames) => dealer.send(frames), close: () => dealer.close() };
}

transportConformance('zeromq, tcp', {
  create: (options) => new ZeromqTransport(options),
  endpoint: () => 'tcp://127.0.0.1:0',
  nowhere: 'tcp://no-such-host.invalid:5000',
  handles: descriptors,
  raw: rawDealer,
});

const paths: string[] = [];
const ipcEndpoint = (): string => {
  const path = join(tmpdir(), `atom-${randomUUID().slice(0, 8)}.sock`);
  paths.push(path);
  return `ipc://${path}`;
};
after(() => {
  for (const path of paths) rmSync(path, { force: true });
});

transportConformance('zeromq, ipc', {
  create: (options) => new ZeromqTransport(options),
  endpoint: ipcEndpoint,
  nowhere: 'ipc:///no/such/folder/nobody.sock',
  handles: descriptors,
  raw: rawDealer,
});

const kinds = [
  { kind: 'thin, tcp', endpoint: () => 'tcp://127.0.0.1:0', nowhere: 'tcp://no-such-host.invalid:5000' },
  { kind: 'thin, ipc', endpoint: ipcEndpoint, nowhere: 'ipc:///no/such/folder/nobody.sock' },
];
for (const { kind, ...places } of kinds) {
  transportConformance(kind, {
    ...places,
    create: (options) => new ThinTransport(options),
    handles: descriptors,
    raw: rawDealer,
  });
}

describe('transport: zeromq, tcp', () => {
  let transport: ZeromqTransport;
  beforeEach(() => (transport = new ZeromqTransport({ instance: randomUUID().replaceAll('-', '') })));
  afterEach(() => transport.close());
  const quiet = { received: () => {}, closed: () => {} };

  /** Writes `bytes` to a socket and resolves when the other side has closed it. */
  const closedAfter = (endpoint: string, bytes: Buffer): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(Number(endpoint.split(':').at(-1)), '127.0.0.1', () => socket.write(bytes));
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
      socket.resume();
    });

  it('closes on who does not speak ZMTP 3, and takes nothing from him', async () => {
    let received = 0;
    const { endpoint } = await transport.listen('tcp://127.0.0.1:0', {
      ...quiet,
      received: () => received++,
    });
    const zmtp1 = Buffer.from([1, 0, 6, 0, 1, 2, 3, 4, 5]);
    await closedAfter(endpoint, zmtp1);
    await closedAfter(endpoint, Buffer.from('GET / HTTP/1.1\r\n\r\n'.padEnd(200, 'x')));
    await closedAfter(endpoint, Buffer.alloc(0)); // silent: after the time for the handshake
    expect(received).to.equal(0);
    expect(transport.malformed).to.equal(0);
  });

  it('leaves turns of the event loop to others while one floods it', async () => {
    const COUNT = 5000;
    let received = 0;
    let most = 0;
    const { endpoint } = await transport.listen('tcp://127.0.0.1:0', {
      ...quiet,
      received: () => received++,
    });
    const frames = [goodMessage()];
    const peer = await rawDealer(endpoint);
    const flood = (async () => {
      for (let sent = 0; sent < COUNT; sent++) await peer.send(frames);
    })();
    for (let before = 0; received < COUNT; before = received) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, received - before);
    }
    await flood;
    peer.close();
    expect(most).to.be.below(100);
  });

  it('listens and connects over IPv6', async () => {
    let received = 0;
    const { endpoint } = await transport.listen('tcp://[::1]:0', { ...quiet, received: () => received++ });
    expect(endpoint).to.match(/^tcp:\/\/\[::1\]:\d+$/);
    transport.connect(endpoint, 'f'.repeat(32), quiet).send('{"t":"hello"}');
    await eventually(() => received === 1);
  });

  it('refuses a peer that accepts and never speaks', async () => {
    const server = createServer((socket) => void socket.resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const reasons: string[] = [];
    transport.connect(`tcp://127.0.0.1:${port}`, 'f'.repeat(32), {
      ...quiet,
      closed: (_, reason) => void reasons.push(reason),
    });
    await eventually(() => expect(reasons).to.deep.equal(['refused']));
    await new Promise((resolve) => server.close(resolve));
  });
});
