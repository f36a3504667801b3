import type { Dealer } from 'zeromq';
import { onLoss, sendFailure } from '../../../nucleus/zeromq.js';
import type { Frame } from '../batch-encoder.js';
import { Breather } from './breather.js';
import { OutgoingLink } from './outgoing-link.js';
import { makeDealer } from './sockets.js';

/** An outgoing connection: one DEALER to one ROUTER, for one life. */
export class DealerLink extends OutgoingLink {
  private socket: Dealer | undefined;
  private paused: Promise<void> | undefined;
  private unpause: (() => void) | undefined;

  start(): void {
    try {
      const socket = makeDealer(this.host, this.remote);
      this.socket = socket;
      socket.events.on('handshake', () => this.connected());
      onLoss(socket, () => this.lost());
      socket.connect(this.remote);
      void this.read(socket);
    } catch {
      this.cannotStart();
      return;
    }
    this.awaitConnection();
  }

  pause(): void {
    this.paused ??= new Promise((resolve) => (this.unpause = resolve));
  }

  resume(): void {
    this.unpause?.();
    this.paused = undefined;
    this.unpause = undefined;
  }

  protected transmit(frame: Frame): void {
    try {
      this.socket!.send(frame).then(this.sent, this.refused);
    } catch (error) {
      this.refused(error);
    }
  }

  protected closeSocket(): void {
    this.resume();
    this.socket?.close();
  }

  private readonly sent = (): void => this.transmitted('sent');
  private readonly refused = (error: unknown): void => this.transmitted(sendFailure(error));

  private async read(socket: Dealer): Promise<void> {
    const breather = new Breather();
    try {
      while (!this.ended) {
        const batch = this.intake.accept(await socket.receive());
        if (batch !== undefined) this.received(batch);
        await breather.next();
        if (this.paused !== undefined) await this.paused;
      }
    } catch {
      // `receive` fails only when the socket was closed.
      this.lost();
    }
  }
}
