import type { Scenario } from '../scenario.js';
import { scenarios as clock } from './clock.js';
import { scenarios as datagramLoss } from './datagram-loss.js';
import { scenarios as durable } from './durable.js';
import { scenarios as freeze } from './freeze.js';
import { scenarios as kill } from './kill.js';
import { scenarios as overload } from './overload.js';
import { scenarios as partition } from './partition.js';
import { scenarios as redis } from './redis.js';
import { scenarios as rolling } from './rolling.js';
import { scenarios as slowOne } from './slow-one.js';
import { scenarios as subscribers } from './subscribers.js';
import { scenarios as takeover } from './takeover.js';
import { scenarios as thousand } from './thousand.js';

/** Every scenario, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [
  ...kill,
  ...freeze,
  ...rolling,
  ...takeover,
  ...overload,
  ...slowOne,
  ...partition,
  ...redis,
  ...datagramLoss,
  ...subscribers,
  ...durable,
  ...thousand,
  ...clock,
];
