import type { Clock } from '../../nucleus/clock.js';
import type { Connection } from './connection.js';

/** Events of one publisher that may wait for their handlers; then reading stops, and the publisher's budget fills. */
const PAUSE_AT = 1024;
const RESUME_AT = 256;
/** The same in characters. */
const PAUSE_AT_SIZE = 16 * 1024 * 1024;
const RESUME_AT_SIZE = 4 * 1024 * 1024;

/** The events of one connection that have come and are not handled: how many, how large, and how long they wait. */
export class EventBacklog {
  private count = 0;
  private size = 0;
  /** Since when nothing is read, on the clock, ms; undefined while it is. */
  private pausedAt: number | undefined;
  private waited = 0;

  constructor(
    private readonly connection: Pick<Connection, 'pause' | 'resume'>,
    private readonly clock: Clock,
  ) {}

  /** One has come, of so many characters. */
  came(size: number): void {
    this.count++;
    this.size += size;
    if (this.pausedAt !== undefined || (this.count < PAUSE_AT && this.size < PAUSE_AT_SIZE)) return;
    this.pausedAt = this.clock.now();
    this.connection.pause();
  }

  /** The handler of one has begun, `waited` ms after it came. */
  began(waited: number): void {
    this.waited = waited;
  }

  handled(size: number): void {
    this.count--;
    this.size = this.count === 0 ? 0 : this.size - size;
    if (this.pausedAt === undefined || this.count > RESUME_AT || this.size > RESUME_AT_SIZE) return;
    this.pausedAt = undefined;
    this.connection.resume();
  }

  /** The connection is another, on which is read. */
  reconnected(): void {
    this.pausedAt = undefined;
  }

  /** How long nothing has been read, ms; undefined while it is. */
  pausedFor(now: number): number | undefined {
    return this.pausedAt === undefined ? undefined : now - this.pausedAt;
  }

  /** How long the one whose handler began last had waited for it, ms; 0 when none waits. */
  get wait(): number {
    return this.count === 0 ? 0 : this.waited;
  }
}
