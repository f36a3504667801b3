import type { Timer } from '../../../nucleus/clock.js';
import type { Frame } from '../batch-encoder.js';
import { Intake } from '../intake.js';
import type { LinkHost } from '../link-host.js';
import { QueuedLink, type Transmission } from '../queued-link.js';
import type { CloseReason, LinkListener } from '../transport.js';

/** Batches that wait for a reader before its sender is blocked; the high-water mark of this network. */
const MAX_WAITING = 128;
/** An end that cannot reach the other for this long has lost it, ms: as TCP does that is told to. */
const SILENCE = 5000;

/** What an end needs of the network. */
export interface Medium {
  /** Runs a delivery later. */
  schedule(deliver: () => void, from: string, to: string): void;
  /** Whether messages pass from `a` to `b` now. */
  connects(a: string, b: string): boolean;
}

/** One end of a connection in a `MemoryNetwork`. Bytes cross it as they do on a wire. */
export class MemoryLink extends QueuedLink {
  private readonly intake: Intake;
  private readonly inbox: (readonly Buffer[])[] = [];
  protected other: MemoryLink | undefined;
  /** The other end has closed: when all that it sent is read, this one ends. */
  private hungUp = false;
  private reading = false;
  private paused = false;
  private silence: Timer | undefined;

  constructor(
    private readonly network: Medium,
    readonly instance: string,
    remote: string,
    target: string,
    host: LinkHost,
    listener: LinkListener,
    private readonly released: (link: MemoryLink) => void,
  ) {
    super(remote, target, host, listener);
    this.intake = new Intake(host.clock, host);
  }

  /** The instance at the other end, once connected. */
  get peer(): string | undefined {
    return this.other?.instance;
  }

  /** Makes the two the ends of one connection, which this one opened. */
  join(accepted: MemoryLink): void {
    this.other = accepted;
    accepted.other = this;
    accepted.ready = true;
    this.opened();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.wake();
  }

  /** Nobody listens there. */
  refuse(): void {
    this.end('refused');
  }

  /** Ends it for a reason that the network has; what is under way to it is lost. */
  drop(reason: CloseReason): void {
    this.inbox.length = 0;
    this.end(reason);
  }

  /** The way between the ends may have changed. */
  wayChanged(): void {
    if (this.reachable()) {
      this.silence?.cancel();
      this.silence = undefined;
      this.wake();
    } else this.silence ??= this.host.clock.after(SILENCE, () => this.drop('disconnected'));
  }

  /** Takes a message from the other end. */
  arrive(frames: readonly Buffer[]): Transmission {
    if (this.ended) return 'gone';
    if (this.inbox.length >= MAX_WAITING) return 'blocked';
    this.inbox.push(frames);
    this.wake();
    return 'sent';
  }

  protected transmit(frame: Frame): void {
    const bytes = typeof frame === 'string' ? Buffer.from(frame, 'utf8') : frame;
    this.transmitted(this.other?.arrive([bytes]) ?? 'gone');
  }

  protected release(): void {
    const { other } = this;
    this.silence?.cancel();
    if (other !== undefined) {
      other.hungUp = true;
      other.wake();
    }
    this.released(this);
  }

  /** Whether the other end is heard. */
  private reachable(): boolean {
    return this.other === undefined || this.network.connects(this.other.instance, this.instance);
  }

  private wake(): void {
    const idle = this.inbox.length === 0 && !this.hungUp;
    if (idle || this.reading || this.ended || this.paused || !this.reachable()) return;
    this.reading = true;
    this.network.schedule(this.read, this.other?.instance ?? this.instance, this.instance);
  }

  private readonly read = (): void => {
    this.reading = false;
    if (this.ended || this.paused || !this.reachable()) return;
    const frames = this.inbox.shift();
    if (frames === undefined) {
      if (this.hungUp) this.end('disconnected');
      return;
    }
    if (frames.some((frame) => frame.length > this.host.maxFrame)) {
      this.drop('disconnected');
      return;
    }
    if (this.inbox.length === MAX_WAITING / 2) this.other?.unblocked();
    const batch = this.intake.accept(frames);
    if (batch !== undefined) this.received(batch);
    this.wake();
  };
}
