import type { Failed } from './checks.js';
import type { Scene } from './scene.js';
import type { Size } from './size.js';

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
