import type { Dealer } from 'zeromq';
import type { Timer } from '../../../nucleus/clock.js';
import { onLoss, sendFailure } from '../../../nucleus/zeromq.js';
import { Intake } from '../intake.js';
import type { LinkHost } from '../link-host.js';
import type { Frame } from '../batch-encoder.js';
import { QueuedLink } from '../queued-link.js';
import type { LinkListener } from '../transport.js';
import { Breather } from './breather.js';
import { CONNECT_TIMEOUT, makeDealer } from './sockets.js';

/** An outgoing connection: one DEALER to one ROUTER, for one life. */
export class DealerLink extends QueuedLink {
  private socket: Dealer | undefined;
  private readonly intake: Intake;
  private timeout: Timer | undefined;
  private paused: Promise<void> | undefined;
  private unpause: (() => void) | undefined;

  constructor(
    endpoint: string,
    target: string,
    host: LinkHost,
    listener: LinkListener,
    private readonly released: (link: DealerLink) => void,
  ) {
    super(endpoint, target, host, listener);
    this.intake = new Intake(host.clock, host);
  }

  start(): void {
    try {
      const socket = makeDealer(this.host, this.remote);
      this.socket = socket;
      socket.events.on('handshake', () => this.connected());
      onLoss(socket, () => this.lost());
      socket.connect(this.remote);
      void this.read(socket);
    } catch {
      // Told like a refusal, after the caller has its link: an address that cannot be parsed, no descriptor left.
      setImmediate(() => this.lost());
      return;
    }
    // A name that does not resolve and a peer that does not speak show in no event.
    this.timeout = this.host.clock.after(CONNECT_TIMEOUT, () => setImmediate(() => this.tooLate()));
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

  protected release(): void {
    this.timeout?.cancel();
    this.resume();
    this.socket?.close();
    this.released(this);
  }

  private connected(): void {
    this.timeout?.cancel();
    this.opened();
  }

  private tooLate(): void {
    if (!this.ready) this.lost();
  }

  private lost(): void {
    this.end(this.ready ? 'disconnected' : 'refused');
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
