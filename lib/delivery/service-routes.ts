import type { Random } from '../../nucleus/clock.js';
import { pick } from './balancer.js';
import type { Peer } from './peer.js';
import { RetryBudget } from './retry-budget.js';

/** The instances of one service that new calls may go to. */
export class ServiceRoutes {
  /** Every routable one. */
  readonly peers: Peer[] = [];
  /** Those that take part in the choice: not ejected. Found when it is asked for: many may come at once. */
  private healthy: readonly Peer[] = [];
  private stale = false;
  /** One whose next call finds out whether it is well again. */
  private halfOpen: Peer | undefined;
  /** Calls made so far: what its retries are measured by. */
  requests = 0;
  private readonly budget: RetryBudget;

  constructor(now: number) {
    this.budget = new RetryBudget(now);
  }

  add(peer: Peer): void {
    this.peers.push(peer);
    this.stale = true;
  }

  remove(peer: Peer): void {
    const index = this.peers.indexOf(peer);
    if (index < 0) return;
    this.peers.splice(index, 1);
    this.stale = true;
  }

  /** The balanced choice. */
  pick(random: Random, now: number): Peer | undefined {
    if (this.stale) this.sort();
    return this.halfOpen ?? pick(this.healthy, random, now);
  }

  /** Those to choose from, ejected ones only if there are no others, that `wanted` admits. */
  among(wanted: (peer: Peer) => boolean): readonly Peer[] {
    if (this.stale) this.sort();
    const { halfOpen } = this;
    const healthy = this.healthy.filter(wanted);
    if (halfOpen !== undefined && wanted(halfOpen) && !healthy.includes(halfOpen)) healthy.push(halfOpen);
    return healthy.length > 0 ? healthy : this.peers.filter(wanted);
  }

  /** Whether one more may be ejected: never more than half are. */
  get mayEject(): boolean {
    if (this.stale) this.sort();
    return (this.peers.length - this.healthy.length + 1) * 2 <= this.peers.length;
  }

  takeRetry(now: number): boolean {
    return this.budget.take(now, this.requests);
  }

  /** A peer was ejected, or is well again. */
  refresh(): void {
    this.stale = true;
  }

  private sort(): void {
    this.stale = false;
    const out = this.peers.filter((peer) => peer.breaker.state !== 'closed');
    const healthy = this.peers.filter((peer) => peer.breaker.state === 'closed');
    // Others have gone since: those whose time is up first come back before it.
    out.sort((a, b) => a.breaker.ejectedUntil - b.breaker.ejectedUntil);
    this.halfOpen = out.find((peer) => peer.breaker.state === 'half-open');
    while (out.length * 2 > this.peers.length) healthy.push(out.shift()!);
    this.healthy = healthy;
  }
}
