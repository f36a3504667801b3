import type { Check } from './check.js';
import { clocks } from './clocks.js';
import { compiler } from './compiler.js';
import { instances } from './instances.js';
import { multicast } from './multicast.js';
import { nativeAddon } from './native-addon.js';
import { nodeVersion } from './node-version.js';
import { nucleus } from './nucleus.js';
import { packages } from './packages.js';
import { portsCheck } from './ports.js';
import { redis } from './redis.js';
import { variables } from './variables.js';
import { versions } from './versions.js';

/** Every check, in the order in which they are shown: this machine, the ways to others, the mesh, the project. */
export const CHECKS: readonly Check[] = [
  nodeVersion,
  nativeAddon,
  variables,
  multicast,
  redis,
  clocks,
  nucleus,
  portsCheck(),
  instances,
  versions,
  packages,
  compiler,
];
