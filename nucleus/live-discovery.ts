import type { BeaconMessage } from './beacon/beacon.js';
import type { BeaconTalk } from './beacon/beacon-talk.js';
import { bounded } from './bounded.js';
import type { Clock } from './clock.js';
import type { DirectoryEntry, Source } from './directory.js';
import type { Discovery, InstanceProbe, SourceStatus } from './discovery.js';
import { isLoopback } from './endpoint.js';
import type { InstanceRecord } from './instance-record.js';
import type { LiveDirectory } from './live-directory.js';
import type { Prober } from './prober.js';
import type { Registry } from './registry/registry.js';
import type { Seeds } from './seeds.js';

export interface LiveDiscoveryParts {
  readonly directory: LiveDirectory;
  readonly prober: Prober;
  readonly registries: readonly Registry[];
  /** The talk's listener is the discovery itself, hence a function. */
  readonly talk?: (listener: { heard(message: BeaconMessage): void; silent(id: string): void }) => BeaconTalk;
  readonly seeds?: Seeds;
  readonly host: string;
  readonly clock: Clock;
}

/**
 * Joins the sources into one directory. One rule serves all of them: a registry's record is taken as it is,
 * and whenever something is in doubt (a hint by multicast, a lease gone, a sign of life from an instance that
 * was given up) the instance itself is asked.
 */
export class LiveDiscovery implements Discovery {
  readonly directory: LiveDirectory;
  private readonly talk: BeaconTalk | undefined;
  /** Removed without a goodbye; a registry may hold their records a while longer. */
  private readonly givenUp = new Set<string>();
  private record: InstanceRecord | undefined;
  private closed = false;

  constructor(private readonly parts: LiveDiscoveryParts) {
    this.directory = parts.directory;
    this.talk = parts.talk?.({
      heard: (message) => this.heard(message),
      silent: (instance) => this.doubt(instance, 'beacon-silent'),
    });
    this.directory.subscribe(({ type, entry }) => {
      if (type === 'added') this.givenUp.delete(entry.record.id);
      if (type === 'removed') this.giveUp(entry.record.id);
    });
  }

  start(probe: InstanceProbe): void {
    this.parts.prober.start(probe);
    for (const registry of this.parts.registries) {
      registry.open({
        found: (record) => this.foundInRegistry(record),
        left: (instance) => this.directory.observe(instance, 'goodbye'),
        lost: (instance) => this.doubt(instance, 'lease-lost'),
      });
    }
    this.talk?.open();
    this.parts.seeds?.start(
      async (endpoint) => (await this.ask(endpoint, 'seed', undefined, { urgent: true })) === 'answered',
    );
  }

  announce(record: InstanceRecord): void {
    if (this.closed || (this.record !== undefined && this.record.revision >= record.revision)) return;
    this.record = record;
    for (const registry of this.parts.registries) registry.put(record);
    this.talk?.announce(record);
  }

  async withdraw(): Promise<void> {
    const { record } = this;
    if (record === undefined) return;
    this.record = undefined;
    const goodbyes = this.parts.registries.map((registry) => registry.remove(record.id));
    if (this.talk !== undefined) goodbyes.push(this.talk.withdraw());
    await bounded(this.parts.clock, WITHDRAW_MS, Promise.allSettled(goodbyes));
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.parts.seeds?.close();
    this.parts.prober.close();
    const closing = this.parts.registries.map((registry) => registry.close());
    if (this.talk !== undefined) closing.push(this.talk.close());
    await Promise.allSettled(closing);
    this.directory.close();
  }

  status(): readonly SourceStatus[] {
    const { registries, seeds } = this.parts;
    const statuses = registries.map((registry) => registry.status());
    statuses.push(this.talk?.status() ?? { name: 'multicast', state: 'off', detail: '' });
    if (seeds !== undefined) statuses.push(seeds.status());
    return statuses;
  }

  private foundInRegistry(record: InstanceRecord): void {
    const known = this.directory.get(record.id);
    const newer = known !== undefined && record.revision > known.record.revision;
    if (this.givenUp.has(record.id)) {
      // The lease of a killed process outlives it; that of a thawed one is a true sign of life.
      void this.ask(record.endpoint, 'registry', record.id);
    } else if (this.directory.offer(record, 'registry') && !newer && isDoubted(known)) {
      void this.ask(record.endpoint, 'registry', record.id);
    }
  }

  private heard(message: BeaconMessage): void {
    const { instance, kind, endpoint, revision } = message;
    if (revision === 0 || this.directory.saidGoodbye(instance)) return;
    if (message.host !== this.parts.host && isLoopback(endpoint)) return;
    const known = this.directory.get(instance);
    if (kind === 'goodbye') {
      if (known !== undefined) void this.verifyGoodbye(instance, known.record.endpoint);
    } else if (known !== undefined && known.record.revision >= revision && !isDoubted(known)) {
      this.directory.offer(known.record, 'beacon');
    } else {
      void this.ask(endpoint, 'beacon', instance);
    }
  }

  /** A source has lost sight of an instance: that alone is hearsay, so it is asked itself. */
  private doubt(instance: string, evidence: 'lease-lost' | 'beacon-silent'): void {
    const known = this.directory.get(instance);
    if (known === undefined) return;
    this.directory.observe(instance, evidence);
    void this.ask(known.record.endpoint, undefined, instance);
  }

  /** Anybody can forge a goodbye by multicast: it counts when the instance, asked at once, is silent. */
  private async verifyGoodbye(instance: string, endpoint: string): Promise<void> {
    const answer = await this.ask(endpoint, 'beacon', instance, { urgent: true });
    if (answer === 'silent') this.directory.observe(instance, 'disconnected');
  }

  /**
   * Asks `endpoint` who it is and makes the answer known, on behalf of `source` (none: only if it is known
   * already). When `instance` was expected and does not answer there, that is noted against it.
   */
  private async ask(
    endpoint: string,
    source: Source | undefined,
    instance?: string,
    options?: { urgent?: boolean },
  ): Promise<'answered' | 'silent' | 'skipped'> {
    const met =
      instance !== undefined && (this.directory.get(instance) !== undefined || this.givenUp.has(instance));
    const result = await this.parts.prober.ask(endpoint, { ...options, met });
    if (this.closed || result === 'skipped') return 'skipped';
    if (result === 'silent' || (instance !== undefined && result.id !== instance)) {
      if (instance !== undefined && this.directory.get(instance)?.record.endpoint === endpoint) {
        this.directory.observe(instance, 'refused');
      }
      return 'silent';
    }
    this.directory.observe(result.id, 'answered');
    if (source !== undefined) this.directory.offer(result, source);
    return 'answered';
  }

  private giveUp(instance: string): void {
    this.givenUp.delete(instance);
    if (this.directory.saidGoodbye(instance)) return;
    this.givenUp.add(instance);
    for (const oldest of this.givenUp) {
      if (this.givenUp.size <= MAX_GIVEN_UP) break;
      this.givenUp.delete(oldest);
    }
  }
}

/** One who said that it drains is not in doubt. */
function isDoubted(entry: DirectoryEntry | undefined): boolean {
  return entry?.state === 'unroutable' && entry.against.some((kind) => kind !== 'draining');
}

const WITHDRAW_MS = 1000;
const MAX_GIVEN_UP = 2000;
