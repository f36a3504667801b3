import type { FakeClock } from '../../lib/testing/fake-clock.js';
import type { MemoryNetwork } from '../../lib/transport/memory/memory-network.js';
import type { Note } from './history.js';
import type { HostClock } from './host-clock.js';
import type { SimHub } from './sim-registry.js';

/** A place for one process, which may be started there again and again. */
export interface HostPlan {
  readonly name: string;
  /** Undefined: a client. */
  readonly service: string | undefined;
  readonly port: number;
}

/** What a process has around it. */
export interface Surroundings {
  readonly clock: FakeClock;
  readonly network: MemoryNetwork;
  readonly hub: SimHub;
  note(entry: Note): void;
  /** A number for a call, an execution or an event. */
  nextId(): number;
  /** The name of an instance's life. */
  nameOf(instance: string): string;
  /** A batch of `from`, sent at `sentAt` on its clock, has come to `to` now. */
  heard(from: string, to: string, sentAt: number): void;
  /** `from` connects to `to` anew: what its messages took before says nothing any more. */
  forgetWay(from: string, to: string): void;
  /** The shortest time that anything of `from` has taken to `to`, ms. */
  slack(from: string, to: string): number;
}

/** Whose doings are written down. */
export interface Observed {
  readonly id: string;
  /** `name.number`. */
  readonly name: string;
  readonly clock: HostClock;
  readonly world: Surroundings;
  /** Nothing is written of one that is dead. */
  note(entry: Note): void;
  broken(what: string, error?: unknown): void;
}
