import type { Clock, Random } from '../../nucleus/clock.js';
import type { AtomError } from '../errors.js';
import type { Call } from './call.js';
import { choose } from './choose.js';
import type { Peer } from './peer.js';
import type { Target } from './peer-owner.js';
import { backoff, DEFAULT_RETRIES, isIdempotent, isRepeatable, lostError } from './retry-policy.js';
import type { Routes } from './routes.js';

export interface RetriesHost {
  readonly clock: Clock;
  readonly random: Random;
}

/** Tries again, within the budget, what ended in a way that allows it. */
export class Retries {
  /** Calls that wait for their next attempt. */
  private readonly parked = new Set<Call>();
  private closed = false;

  constructor(
    private readonly host: RetriesHost,
    private readonly routes: () => Routes,
    /** Hands a call to an instance, or ends it. */
    private readonly route: (call: Call, now: number) => void,
  ) {}

  /** `call` ended on `peer` with `error`: tries it again, or fails it. */
  ended(call: Call, error: AtomError, peer: Target): void {
    if (call.settled) return;
    const now = this.host.clock.now();
    if (this.closed || !hasAttempts(call) || !isRepeatable(call, error, peer.record)) {
      call.fail(error);
      return;
    }
    const turnedAway = error.outcome === 'REJECTED';
    // The one that remembers what it did is the only one that may be asked again.
    if (error.outcome === 'UNKNOWN' && call.options.idempotencyKey !== undefined)
      call.instance = peer.instance;
    (call.tried ??= new Set()).add(peer.instance);
    const routes = this.routes().to(call.service);
    const elsewhere = choose(call, routes, this.host.random, now) !== undefined;
    if ((turnedAway && !elsewhere) || routes?.takeRetry(now) !== true) {
      call.fail(error);
      return;
    }
    call.failure = error;
    call.uncertain ||= !turnedAway;
    call.peer = undefined;
    call.sent = false;
    // All have been tried: after a while, any of them.
    if (!elsewhere) call.tried = undefined;
    // Who was turned away hears so at once or is taken by another: waiting would only keep its caller.
    if (elsewhere && (turnedAway || call.attempts === 1)) this.route(call, now);
    else this.park(call);
  }

  /** `peer` gives no sign any more: what may be repeated is asked of others. What it answers first counts all the same. */
  stalled(peer: Peer): void {
    const now = this.host.clock.now();
    for (const call of peer.underWay()) {
      if (call.options.idempotencyKey !== undefined || !hasAttempts(call)) continue;
      if (!isIdempotent(call, peer.record)) continue;
      (call.tried ??= new Set()).add(peer.instance);
      const routes = this.routes().to(call.service);
      const other = choose(call, routes, this.host.random, now);
      if (other === undefined || routes?.takeRetry(now) !== true) continue;
      const { id } = call;
      call.sent = false;
      if (!other.dispatch(call, now)) {
        call.peer = peer;
        call.id = id;
        call.sent = true;
        continue;
      }
      call.uncertain = true;
      call.failure = lostError(call, peer.instance);
      (call.overtaken ??= []).push({ carrier: peer, id });
      peer.overtake(id);
    }
  }

  /** An attempt on `peer` that another had overtaken has come to nothing. */
  lostOvertaken(call: Call, peer: Target): void {
    call.overtaken = call.overtaken?.filter(({ carrier }) => carrier !== peer);
    if (call.overtaken?.length === 0) call.overtaken = undefined;
    if (!this.isAlive(call)) call.fail(call.failure!);
  }

  /** No instance takes the next attempt of `call`. */
  exhausted(call: Call): void {
    if (!this.isAlive(call)) call.fail(call.failure!);
  }

  /** `call` is settled. */
  release(call: Call): void {
    if (this.parked.size > 0 && this.parked.delete(call)) call.pause?.cancel();
    if (call.overtaken !== undefined) for (const { carrier, id } of call.overtaken) carrier.forget(id);
  }

  close(): void {
    this.closed = true;
    for (const call of [...this.parked]) call.fail(call.failure!);
  }

  /** Whether anything may still come of it. */
  private isAlive(call: Call): boolean {
    return (
      call.settled || call.peer !== undefined || call.pause !== undefined || call.overtaken !== undefined
    );
  }

  private park(call: Call): void {
    const { clock, random } = this.host;
    this.parked.add(call);
    call.pause = clock.after(backoff(call.attempts - 1, random), () => {
      this.parked.delete(call);
      call.pause = undefined;
      this.route(call, clock.now());
    });
  }
}

function hasAttempts({ attempts, options }: Call): boolean {
  return attempts <= (options.retries ?? DEFAULT_RETRIES);
}
