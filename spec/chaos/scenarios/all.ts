import type { Scenario } from '../scenario.js';
import { scenarios as freeze } from './freeze.js';
import { scenarios as kill } from './kill.js';
import { scenarios as overload } from './overload.js';
import { scenarios as rolling } from './rolling.js';
import { scenarios as slowOne } from './slow-one.js';
import { scenarios as takeover } from './takeover.js';

/** Every scenario, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [
  ...kill,
  ...freeze,
  ...rolling,
  ...takeover,
  ...overload,
  ...slowOne,
];
