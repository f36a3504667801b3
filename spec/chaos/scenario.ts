import type { Failed } from './checks.js';
import type { Scene } from './scene.js';

/** How long and how hard a scenario is run. */
export interface Size {
  /** Requests a second over all instances. */
  readonly rate: number;
  /** Seconds before the fault, of a fault that lasts, and after it. */
  readonly before: number;
  readonly during: number;
  readonly after: number;
}

/** What the pass marks are for. */
export const FULL: Size = { rate: 2000, before: 5, during: 10, after: 10 };
/** The same faults within a few seconds. */
export const SHORT: Size = { rate: 300, before: 1, during: 3, after: 2 };

/** What became of a scenario. */
export interface Finding {
  readonly requests: number;
  readonly failed: Failed;
  /** Until the fault was noticed, ms. */
  readonly detection?: number | undefined;
  /** What else was measured, for the record. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** Where the pass mark was missed, in words; none: passed. */
  readonly misses: readonly string[];
}

export interface Scenario {
  readonly name: string;
  readonly load: (size: Size) => string;
  readonly faults: (size: Size) => string;
  readonly passMark: string;
  /** It needs links that can be cut: network namespaces. */
  readonly apart?: boolean;
  readonly run: (scene: Scene) => Promise<Finding>;
}

/** A scenario's finding with what it was. */
export interface Row extends Finding {
  readonly scenario: string;
  readonly load: string;
  readonly faults: string;
  readonly passMark: string;
  readonly verdict: 'pass' | 'MISS' | 'not possible';
  /** Where it ran. */
  readonly on: string;
  readonly seed: number;
}

/** Collects what is wrong. */
export class Marks {
  readonly misses: string[] = [];

  /** `slack` is how many times as long as the pass marks say something may take. */
  constructor(private readonly slack: number) {}

  /** `found` must not be more than `most`, ms. */
  soon(what: string, found: number | undefined, most: number): this {
    return this.atMost(`${what}, ms`, found, most * this.slack);
  }

  /** `found` must not be more than `most`. */
  atMost(what: string, found: number | undefined, most: number): this {
    if (found === undefined) this.misses.push(`${what}: never, and ${most} is allowed`);
    else if (!(found <= most)) this.misses.push(`${what}: ${round(found)}, and ${round(most)} is allowed`);
    return this;
  }

  atLeast(what: string, found: number, least: number): this {
    if (!(found >= least)) this.misses.push(`${what}: ${round(found)}, and ${round(least)} is wanted`);
    return this;
  }

  none(what: string, found: number): this {
    return this.atMost(what, found, 0);
  }
}

export function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}
