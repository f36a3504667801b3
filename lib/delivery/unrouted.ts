import type { Call } from './call.js';
import { MAX_IN_FLIGHT, MAX_IN_FLIGHT_SIZE } from './peer.js';

/** Calls that wait for an instance: as many, and as much text, as one connection carries at a time. */
export class Unrouted {
  private readonly calls = new Set<Call>();
  private characters = 0;

  get size(): number {
    return this.calls.size;
  }

  /** @returns false when too much waits already */
  add(call: Call): boolean {
    const { size } = this.calls;
    if (size >= MAX_IN_FLIGHT || (size > 0 && this.characters + call.size > MAX_IN_FLIGHT_SIZE)) return false;
    this.calls.add(call);
    this.characters += call.size;
    return true;
  }

  /** Harmless when it does not wait here. */
  delete(call: Call): void {
    if (this.calls.delete(call)) this.characters -= call.size;
  }

  /** Those that wait now. */
  list(): Call[] {
    return [...this.calls];
  }
}
