import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { splitEndpoint } from '../../../nucleus/endpoint.js';
import type { Frame } from '../batch-encoder.js';
import type { LinkHost } from '../link-host.js';
import type { LinkListener } from '../transport.js';
import { OutgoingLink } from './outgoing-link.js';
import { LINGER } from './sockets.js';
import { message, OPENING, pong, ZmtpError, ZmtpReader } from './zmtp.js';

/** A peer that has said nothing at so many looks is gone: one that is well answers a ping of atomjs every half second. */
const MAX_UNHEARD = 6;

/**
 * An outgoing connection to one ROUTER, for one life: what a `DealerLink` is, without libzmq. It answers ZMTP's PING and
 * sends none: libzmq 4.3.5 aborts the process that comes upon one behind a full queue of a connection that has ended.
 */
export class ThinLink extends OutgoingLink {
  private socket: Socket | undefined;
  private readonly reader: ZmtpReader;
  private isPaused = false;
  /** A batch is on its way that the system has not taken whole. */
  private blocked = false;
  /** Looks since it was heard last. */
  private unheard = 0;

  constructor(
    endpoint: string,
    target: string,
    host: LinkHost,
    listener: LinkListener,
    released: () => void,
  ) {
    super(endpoint, target, host, listener, released);
    this.reader = new ZmtpReader(host.maxFrame, {
      ready: () => this.connected(),
      message: (frames) => this.take(frames),
      pinged: (context) => this.say(pong(context)),
    });
  }

  start(): void {
    const address = addressOf(this.remote);
    if (address === undefined) {
      this.cannotStart();
      return;
    }
    const socket = connect(address);
    this.socket = socket;
    // What went wrong does not matter: it closes either way.
    socket.on('error', () => undefined);
    socket.on('close', () => this.lost());
    socket.on('data', (chunk) => this.read(chunk));
    socket.on('drain', () => this.flowsAgain());
    socket.write(OPENING);
    this.awaitConnection();
  }

  pause(): void {
    this.isPaused = true;
    this.socket?.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.socket?.resume();
  }

  /** Once a second: ends the link after some seconds of silence. */
  look(): void {
    if (this.ready && !this.isPaused && ++this.unheard > MAX_UNHEARD) this.socket?.destroy();
  }

  protected transmit(frame: Frame): void {
    if (this.socket!.write(message(frame))) this.transmitted('sent');
    else this.blocked = true;
  }

  protected closeSocket(): void {
    const { socket } = this;
    if (socket === undefined) return;
    if (!this.ready) {
      socket.destroy();
      return;
    }
    // With something unread, a close would take back what was sent: the other side closes first, if it is quick.
    socket.end();
    socket.resume();
    const linger = this.host.clock.after(LINGER, () => socket.destroy());
    socket.once('close', () => linger.cancel());
  }

  private read(chunk: Buffer): void {
    if (this.ended) return;
    this.unheard = 0;
    try {
      this.reader.read(chunk);
    } catch (error) {
      if (!(error instanceof ZmtpError)) this.host.fault(error);
      this.socket?.destroy();
    }
  }

  private take(frames: readonly Buffer[]): void {
    const batch = this.intake.accept(frames);
    if (batch !== undefined) this.received(batch);
  }

  /** Between the batches; to who does not read it is not said, so that nothing piles up. */
  private say(bytes: Buffer): void {
    if (this.socket?.writable === true && !this.socket.writableNeedDrain) this.socket.write(bytes);
  }

  private flowsAgain(): void {
    if (!this.blocked) return;
    this.blocked = false;
    this.transmitted('sent');
  }
}

function addressOf(endpoint: string): NetConnectOpts | undefined {
  if (endpoint.startsWith('ipc://')) return { path: endpoint.slice('ipc://'.length) };
  const at = splitEndpoint(endpoint);
  return at && { ...at, noDelay: true };
}
