import type { Scenario } from '../scenario.js';
import { scenarios as kill } from './kill.js';

/** Every scenario, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [...kill];
