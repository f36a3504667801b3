import { Dealer, type Router } from 'zeromq';
import { isIPv6 } from 'node:net';
import { splitEndpoint } from '../endpoint.js';
import { NotifyingRouter, ONE_LIFE, onLoss, prepareZeromq, sendFailure } from '../zeromq.js';
import { MAX_NUCLEUS_MESSAGE } from './nucleus-layout.js';

/** How a send went. `blocked`: the other side does not read; `gone`: it is not there any more. */
export type Sending = 'sent' | 'blocked' | 'gone';

/** One end of the connection between a client and the nucleus. Messages are single frames of text. */
export interface NucleusSocket {
  /** One at a time: a second `send` before the first has resolved is a mistake. */
  send(text: string): Promise<Sending>;
  /** Takes no more; what was sent has half a second to leave. */
  close(): void;
}

export interface NucleusServerSocket {
  /** As it was bound. */
  readonly endpoint: string;
  /** Listens there too. @throws Error with the system's code when the address cannot be bound */
  also(endpoint: string): Promise<void>;
  /** One at a time, whoever it is for. */
  send(peer: string, text: string): Promise<Sending>;
  close(): void;
}

export interface NucleusServerListener {
  heard(peer: string, text: string): void;
  /** The peer has disconnected. */
  left(peer: string): void;
  /** Something came that is not one frame. */
  malformed(): void;
}

/** Calls `up` when the connection stands and `ended` once when it is lost; it is not made again. */
export function connectNucleus(
  endpoint: string,
  listener: { up(): void; heard(text: string): void; ended(): void },
): NucleusSocket {
  prepareZeromq();
  const socket = new Dealer({ ...common(endpoint), ...ONE_LIFE });
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    open.delete(socket);
    socket.close();
    listener.ended();
  };
  socket.events.on('handshake', () => listener.up());
  onLoss(socket, end);
  open.add(socket);
  void read(socket, ([text, ...more]) => {
    if (!over && text !== undefined && more.length === 0) listener.heard(text.toString());
  }).then(end);
  socket.connect(endpoint);
  return { send: (text) => sending(socket.send(text)), close: end };
}

/** @throws Error with the system's code when the address cannot be bound */
export async function listenNucleus(
  endpoint: string,
  listener: NucleusServerListener,
): Promise<NucleusServerSocket> {
  const socket = new NotifyingRouter(common(endpoint));
  try {
    await socket.bind(endpoint);
  } catch (error) {
    socket.close();
    throw error;
  }
  open.add(socket);
  void read(socket, ([id, text, ...more]) => {
    if (id === undefined || text === undefined) return;
    const peer = id.toString('latin1');
    if (more.length > 0) listener.malformed();
    else if (text.length === 0) listener.left(peer);
    else listener.heard(peer, text.toString());
  });
  return {
    endpoint: socket.lastEndpoint ?? endpoint,
    also: (more) => socket.bind(more),
    send: (peer, text) => sending(socket.send([Buffer.from(peer, 'latin1'), text])),
    close: () => {
      open.delete(socket);
      socket.close();
    },
  };
}

/** A socket that nobody refers to is collected, and its process ends without a word. */
const open = new Set<Dealer | Router>();

/** Messages that one socket may read before others have their turn. */
const PER_TURN = 32;

const common = (endpoint: string) => ({
  linger: 500,
  // Fails at once instead of waiting, and lets nobody's full pipe hold up the others.
  sendTimeout: 0,
  sendHighWaterMark: 64,
  receiveHighWaterMark: 256,
  maxMessageSize: MAX_NUCLEUS_MESSAGE,
  handshakeInterval: 2000,
  ipv6: isIPv6(splitEndpoint(endpoint)?.host ?? ''),
});

/** Keeps a receive pending, without which commands inside libzmq stall. Resolves when the socket was closed. */
async function read(socket: Dealer | Router, take: (frames: Buffer[]) => void): Promise<void> {
  try {
    for (let count = 1; ; count++) {
      take(await socket.receive());
      if (count % PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  } catch {
    // `receive` fails only when the socket was closed.
  }
}

async function sending(sent: Promise<void>): Promise<Sending> {
  try {
    await sent;
    return 'sent';
  } catch (error) {
    return sendFailure(error);
  }
}
