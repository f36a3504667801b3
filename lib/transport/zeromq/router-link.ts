import type { Router } from 'zeromq';
import { sendFailure } from '../../../nucleus/zeromq.js';
import { ANYBODY } from '../../wire/codec.js';
import { Intake } from '../intake.js';
import type { LinkHost } from '../link-host.js';
import type { Frame } from '../batch-encoder.js';
import { QueuedLink } from '../queued-link.js';
import type { CloseReason, LinkListener } from '../transport.js';

/** One peer that connected to a ROUTER, known by the routing id that libzmq gave it. */
export class RouterLink extends QueuedLink {
  private readonly intake: Intake;
  /** When it was last heard, on the clock. */
  heardAt: number;

  constructor(
    private readonly socket: Router,
    private readonly routingId: Buffer,
    host: LinkHost,
    listener: LinkListener,
    private readonly released: (link: RouterLink) => void,
  ) {
    super(routingId.toString('hex'), ANYBODY, host, listener);
    this.intake = new Intake(host.clock, host);
    this.heardAt = host.clock.now();
    this.ready = true;
  }

  take(frames: Buffer[]): void {
    this.heardAt = this.host.clock.now();
    const batch = this.intake.accept(frames);
    if (batch !== undefined) this.received(batch);
  }

  /** Ends it for a reason that the socket has. */
  drop(reason: CloseReason): void {
    this.end(reason);
  }

  // All peers share the one socket: what slows a peer down is the limit on its work, not its socket.
  pause(): void {}
  resume(): void {}

  protected transmit(frame: Frame): void {
    try {
      this.socket.send([this.routingId, frame]).then(this.sent, this.refused);
    } catch (error) {
      this.refused(error);
    }
  }

  protected release(): void {
    this.released(this);
  }

  private readonly sent = (): void => this.transmitted('sent');
  private readonly refused = (error: unknown): void => this.transmitted(sendFailure(error));
}
