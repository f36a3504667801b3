import type { Timer } from '../../../nucleus/clock.js';
import { Intake } from '../intake.js';
import type { LinkHost } from '../link-host.js';
import { QueuedLink } from '../queued-link.js';
import type { LinkListener } from '../transport.js';
import { CONNECT_TIMEOUT } from './sockets.js';

/** What is the same of every connection that this side opens: it comes about in time, or it is refused. */
export abstract class OutgoingLink extends QueuedLink {
  protected readonly intake: Intake;
  private timeout: Timer | undefined;

  constructor(
    endpoint: string,
    target: string,
    host: LinkHost,
    listener: LinkListener,
    private readonly released: () => void,
  ) {
    super(endpoint, target, host, listener);
    this.intake = new Intake(host.clock, host);
  }

  /** Closes the socket, if there is one. */
  protected abstract closeSocket(): void;

  /** A name that does not resolve and a peer that does not speak show in no event. */
  protected awaitConnection(): void {
    this.timeout = this.host.clock.after(CONNECT_TIMEOUT, () => setImmediate(() => this.tooLate()));
  }

  /** Told like a refusal, after the caller has its link: an address that cannot be parsed, no descriptor left. */
  protected cannotStart(): void {
    setImmediate(() => this.lost());
  }

  protected connected(): void {
    this.timeout?.cancel();
    this.opened();
  }

  protected lost(): void {
    this.end(this.ready ? 'disconnected' : 'refused');
  }

  protected release(): void {
    this.timeout?.cancel();
    this.closeSocket();
    this.released();
  }

  private tooLate(): void {
    if (!this.ready) this.lost();
  }
}
