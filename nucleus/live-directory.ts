import type { Clock, Timer } from './clock.js';
import type { Directory, DirectoryChange, DirectoryEntry, EvidenceKind, Source } from './directory.js';
import { isLoopback } from './endpoint.js';
import { RECORD_VERSION, type InstanceRecord } from './instance-record.js';
import type { Logger } from './logger.js';
import { Tombstones } from './tombstones.js';

export interface LiveDirectoryOptions {
  /** Id of the own instance, which is never listed. */
  readonly self: string;
  readonly environment: string;
  /** Host id of the own host: records of other hosts with loopback endpoints are refused. */
  readonly host: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Known {
  entry: DirectoryEntry;
  /** When a source, or the instance itself, last spoke for it. */
  spokenFor: number;
  expiry?: Timer;
}

/**
 * The live view of one environment.
 *
 * Evidence is first-hand (`disconnected`, `refused`, `unanswered`) or hearsay (`lease-lost`,
 * `beacon-silent`). One piece first-hand makes an instance unroutable; hearsay alone does not. Two different
 * pieces, one of them first-hand, remove it: so neither an emptied Redis nor deaf multicast, nor both, takes
 * away what still works. `connected` and `answered` clear everything except `draining`, which stays until
 * the goodbye. Whoever has something against it and is not spoken for during 60 s is removed as well.
 */
export class LiveDirectory implements Directory {
  private readonly known = new Map<string, Known>();
  private readonly tombstones: Tombstones;
  private readonly listeners = new Set<(change: DirectoryChange) => void>();
  private readonly changes: DirectoryChange[] = [];
  private telling = false;
  /** Hosts that were warned of. */
  private readonly unreachable = new Set<string>();
  private cachedList: readonly DirectoryEntry[] | undefined;

  constructor(private readonly options: LiveDirectoryOptions) {
    this.tombstones = new Tombstones(options.clock);
  }

  list(): readonly DirectoryEntry[] {
    return (this.cachedList ??= [...this.known.values()].map((known) => known.entry));
  }

  get(instance: string): DirectoryEntry | undefined {
    return this.known.get(instance)?.entry;
  }

  saidGoodbye(instance: string): boolean {
    return this.tombstones.has(instance);
  }

  offer(record: InstanceRecord, source: Source): boolean {
    if (!this.admits(record)) return false;
    const known = this.known.get(record.id);
    if (known === undefined) {
      this.add(record, source);
      return true;
    }
    const { entry } = known;
    if (record.revision < entry.record.revision) return false;
    known.spokenFor = this.options.clock.now();
    const isNewer = record.revision > entry.record.revision;
    // The usual case by far: a source looks again, and nothing is new.
    if (!isNewer && entry.against.length === 0 && entry.sources.includes(source)) return true;
    const sources = entry.sources.includes(source) ? entry.sources : [...entry.sources, source];
    const cleared = entry.against.filter((kind) => !clears(source, kind));
    if (!isNewer) {
      this.replace(known, { ...entry, sources, against: cleared }, `${source} speaks for it`);
      return true;
    }
    const against =
      record.draining && !cleared.includes('draining') ? [...cleared, 'draining' as const] : cleared;
    known.entry = withState({ record, sources, against, state: entry.state });
    this.cachedList = undefined;
    this.watchExpiry(known);
    this.tell('updated', known.entry, `${source}: revision ${record.revision}`);
    return true;
  }

  observe(instance: string, evidence: EvidenceKind): void {
    if (evidence === 'goodbye') this.tombstones.add(instance);
    const known = this.known.get(instance);
    if (known === undefined) return;
    const { entry } = known;
    if (evidence === 'goodbye') return this.remove(known, 'said goodbye', [...entry.against, evidence]);
    if (evidence === 'connected' || evidence === 'answered') {
      known.spokenFor = this.options.clock.now();
      if (entry.against.length === 0) return;
      this.replace(
        known,
        { ...entry, against: entry.against.filter((kind) => kind === 'draining') },
        evidence,
      );
      return;
    }
    if (entry.against.includes(evidence)) return;
    const against = [...entry.against, evidence];
    if (isGone(against)) return this.remove(known, against.join(' and '), against);
    this.replace(known, { ...entry, against }, evidence);
  }

  subscribe(listener: (change: DirectoryChange) => void): () => void {
    // Wrapped, so that the same function may be subscribed twice.
    const own = (change: DirectoryChange): void => listener(change);
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  /** Ends its timers. What is known stays readable. */
  close(): void {
    for (const known of this.known.values()) known.expiry?.cancel();
    this.listeners.clear();
  }

  private admits(record: InstanceRecord): boolean {
    const { self, environment, host } = this.options;
    if (record.v !== RECORD_VERSION || record.id === self || record.environment !== environment) return false;
    if (record.host !== host && isLoopback(record.endpoint)) return this.warnUnreachable(record);
    return !this.tombstones.has(record.id);
  }

  private warnUnreachable({ host, id, endpoint }: InstanceRecord): false {
    if (this.unreachable.has(host) || this.unreachable.size >= MAX_WARNED) return false;
    this.unreachable.add(host);
    this.options.logger.warn(
      { instance: id, endpoint },
      'an instance on another host listens on its loopback only: give it an address that can be reached from ' +
        'here (options `host` and `bind`, or ATOM_HOST and ATOM_BIND)',
    );
    return false;
  }

  private add(record: InstanceRecord, source: Source): void {
    const against = record.draining ? (['draining'] as const) : [];
    const entry = withState({ record, state: 'routable', against, sources: [source] });
    const known: Known = { entry, spokenFor: this.options.clock.now() };
    this.known.set(record.id, known);
    this.cachedList = undefined;
    this.watchExpiry(known);
    this.tell('added', entry, `found by ${source}`);
  }

  private replace(known: Known, next: DirectoryEntry, reason: string): void {
    const before = known.entry;
    if (next.sources === before.sources && next.against.length === before.against.length) return;
    known.entry = withState(next);
    this.cachedList = undefined;
    this.watchExpiry(known);
    if (known.entry.state !== before.state) this.tell('state', known.entry, reason);
  }

  private remove(known: Known, reason: string, against = known.entry.against): void {
    known.expiry?.cancel();
    this.known.delete(known.entry.record.id);
    this.cachedList = undefined;
    this.tell('removed', { ...known.entry, state: 'unroutable', against }, reason);
  }

  private watchExpiry(known: Known): void {
    if (known.entry.against.length === 0) {
      known.expiry?.cancel();
      known.expiry = undefined;
    } else if (known.expiry === undefined) {
      known.spokenFor = Math.max(known.spokenFor, this.options.clock.now());
      this.expireLater(known, EXPIRY_MS);
    }
  }

  private expireLater(known: Known, ms: number): void {
    known.expiry = this.options.clock.after(ms, () => {
      const left = known.spokenFor + EXPIRY_MS - this.options.clock.now();
      if (left > 0) this.expireLater(known, left);
      else this.remove(known, `${known.entry.against.join(' and ')}, and no source has spoken for it since`);
    });
  }

  /** A change that a listener causes is told after the present one, so that all see one order. */
  private tell(type: DirectoryChange['type'], entry: DirectoryEntry, reason: string): void {
    this.changes.push({ type, entry, reason });
    const { id, endpoint, services } = entry.record;
    const { state } = entry;
    this.options.logger.debug(
      { instance: id, endpoint, services: services.map(({ name }) => name), state, reason },
      `instance ${type}`,
    );
    if (this.telling) return;
    this.telling = true;
    for (let change = this.changes.shift(); change !== undefined; change = this.changes.shift()) {
      for (const listener of this.listeners) {
        try {
          listener(change);
        } catch (err) {
          this.options.logger.error({ err, instance: change.entry.record.id }, 'a directory listener threw');
        }
      }
    }
    this.telling = false;
  }
}

/** How long an instance with something against it stays when no source speaks for it. */
const EXPIRY_MS = 60_000;
const MAX_WARNED = 100;

const FIRST_HAND: ReadonlySet<EvidenceKind> = new Set(['disconnected', 'refused', 'unanswered']);
const HEARSAY: ReadonlySet<EvidenceKind> = new Set(['lease-lost', 'beacon-silent']);

export function isFirstHand(kind: EvidenceKind): boolean {
  return FIRST_HAND.has(kind);
}

/** By two signs, one of them first-hand. */
export function isGone(against: readonly EvidenceKind[]): boolean {
  const firstHand = against.filter(isFirstHand).length;
  return firstHand >= 1 && firstHand + against.filter((kind) => HEARSAY.has(kind)).length >= 2;
}

function withState(entry: DirectoryEntry): DirectoryEntry {
  const routable = entry.against.every((kind) => HEARSAY.has(kind));
  return { ...entry, state: routable ? 'routable' : 'unroutable' };
}

/** A source that speaks again takes its own silence back; what is heard from the instance itself, everything. */
function clears(source: Source, kind: EvidenceKind): boolean {
  if (kind === 'draining') return false;
  if (source === 'peer') return true;
  return (
    (source === 'registry' && kind === 'lease-lost') || (source === 'beacon' && kind === 'beacon-silent')
  );
}
