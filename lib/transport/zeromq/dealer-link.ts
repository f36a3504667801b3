import type { Dealer } from 'zeromq';
import type { BatchEncoder } from '../batch-encoder.js';
import type { Intake } from '../intake.js';
import { QueuedLink, type Transmission } from '../queued-link.js';
import type { LinkListener } from '../transport.js';
import { sendFailure } from './sockets.js';

/** An outgoing connection: one DEALER to one ROUTER, for one life. */
export class DealerLink extends QueuedLink {
  private paused: Promise<void> | undefined;
  private unpause: (() => void) | undefined;

  constructor(
    private readonly socket: Dealer,
    endpoint: string,
    target: string,
    encoder: BatchEncoder,
    private readonly intake: Intake,
    listener: LinkListener,
    budget: number,
    private readonly released: (link: DealerLink) => void,
  ) {
    super(endpoint, target, encoder, listener, budget);
  }

  start(): void {
    const { events } = this.socket;
    events.on('handshake', () => this.opened());
    events.on('disconnect', () => this.lost());
    events.on('connect:retry', () => this.lost());
    events.on('close', () => this.lost());
    events.on('handshake:error:auth', () => this.lost());
    events.on('handshake:error:protocol', () => this.lost());
    events.on('handshake:error:other', () => this.lost());
    try {
      this.socket.connect(this.remote);
    } catch {
      // An address that cannot be parsed or has no route: told like a refusal, after the caller has its link.
      setImmediate(() => this.lost());
      return;
    }
    void this.read();
  }

  pause(): void {
    this.paused ??= new Promise((resolve) => (this.unpause = resolve));
  }

  resume(): void {
    this.unpause?.();
    this.paused = undefined;
    this.unpause = undefined;
  }

  protected async transmit(frames: Buffer[]): Promise<Transmission> {
    try {
      await this.socket.send(frames);
      return 'sent';
    } catch (error) {
      return sendFailure(error);
    }
  }

  protected release(): void {
    this.resume();
    this.socket.close();
    this.released(this);
  }

  private lost(): void {
    this.end(this.ready ? 'disconnected' : 'refused');
  }

  private async read(): Promise<void> {
    try {
      while (!this.ended) {
        const batch = this.intake.accept(await this.socket.receive());
        if (batch !== undefined) this.received(batch);
        if (this.paused !== undefined) await this.paused;
      }
    } catch {
      // `receive` fails only when the socket was closed.
      this.lost();
    }
  }
}
