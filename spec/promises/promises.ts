import { BAD_INPUT } from './bad-input.js';
import { DISCOVERY } from './discovery.js';
import { DURABLE } from './durable.js';
import { EVENTS } from './events.js';
import { LIFE_CYCLE } from './life-cycle.js';
import type { Chapter, Promised } from './promise.js';
import { REQUESTS } from './requests.js';

/** Everything that the README promises, in its order. */
export const CHAPTERS: readonly Chapter[] = [REQUESTS, EVENTS, DURABLE, DISCOVERY, LIFE_CYCLE, BAD_INPUT];

export const PROMISES: readonly Promised[] = CHAPTERS.flatMap(({ promises }) => promises);
