import { lookup } from 'node:dns/promises';
import type { Clock, Random, Timer } from './clock.js';
import type { SourceStatus } from './discovery.js';
import { joinEndpoint, splitEndpoint } from './endpoint.js';

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface SeedsOptions {
  /** `tcp://host:port`, each. */
  readonly seeds: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  /** Default: the system's resolver. */
  readonly resolve?: Resolve;
}

/** Asks the endpoint, and makes known who answered. False: nobody did. */
export type SeedCheck = (endpoint: string) => Promise<boolean>;

/**
 * Endpoints that are given, not found. Their names are resolved again and again, all addresses, so that a
 * Kubernetes headless service is a source; each address is asked every second until somebody answers, then
 * every 10 s.
 */
export class Seeds {
  private readonly timers = new Map<string, Timer>();
  private readonly answering = new Map<string, number>();
  private readonly problems = new Map<string, string>();
  private open = false;

  constructor(private readonly options: SeedsOptions) {
    for (const seed of options.seeds) {
      if (splitEndpoint(seed) !== undefined) continue;
      throw new TypeError(`Seed '${seed}' is not an endpoint: write it as 'tcp://host:port'`);
    }
  }

  start(check: SeedCheck): void {
    this.open = true;
    for (const seed of this.options.seeds) void this.look(seed, check);
  }

  close(): void {
    this.open = false;
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
  }

  status(): SourceStatus {
    const { seeds } = this.options;
    const up = seeds.filter((seed) => (this.answering.get(seed) ?? 0) > 0).length;
    const detail = [`${up} of ${seeds.length} answer`, ...this.problems.values()].join('; ');
    if (!this.open) return { name: 'seeds', state: 'off', detail };
    const asked = this.answering.size > 0;
    return { name: 'seeds', state: up > 0 ? 'up' : asked ? 'down' : 'connecting', detail };
  }

  private async look(seed: string, check: SeedCheck): Promise<void> {
    const { host, port } = splitEndpoint(seed)!;
    let endpoints: readonly string[] = [];
    try {
      const addresses = await (this.options.resolve ?? resolveAll)(host);
      endpoints = [...new Set(addresses)].map((address) => joinEndpoint(address, port));
      this.problems.delete(seed);
    } catch (error) {
      this.problems.set(seed, `${seed}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const answers = await Promise.all(endpoints.map(check));
    if (!this.open) return;
    const up = answers.filter(Boolean).length;
    this.answering.set(seed, up);
    const wait = up > 0 && up === endpoints.length ? KNOWN_MS : UNKNOWN_MS;
    const jittered = wait * (0.8 + 0.4 * this.options.random());
    this.timers.set(
      seed,
      this.options.clock.after(jittered, () => void this.look(seed, check)),
    );
  }
}

const UNKNOWN_MS = 1000;
const KNOWN_MS = 10_000;

const resolveAll: Resolve = async (host) => (await lookup(host, { all: true })).map((found) => found.address);
