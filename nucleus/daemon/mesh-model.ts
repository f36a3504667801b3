import type { Clock, Timer } from '../clock.js';
import type { Directory, DirectoryChange, DirectoryEntry } from '../directory.js';
import { Declared } from './declared.js';
import { Edges } from './edges.js';
import { evidenceInWords } from './health-words.js';
import type { History } from './history.js';
import type { HistoryEntry, InstanceView, MeshView } from './http-api.js';
import { type HealthNow, InstanceState } from './instance-state.js';
import { type ServiceRollup, rollUp } from './service-rollup.js';

export interface MeshModelOptions {
  readonly environment: string;
  readonly clock: Clock;
  readonly history: History;
  readonly directory: Pick<Directory, 'list' | 'subscribe'>;
  /** Instances that are not shown: the nucleus's own client. */
  readonly hidden?: (instance: string) => boolean;
}

interface Service {
  readonly members: Set<InstanceState>;
  /** Undefined once something of it changed. */
  rollup: ServiceRollup | undefined;
}

/**
 * The mesh as it is told over HTTP: the directory's changes and what the instances answer to `$stats`, in one view.
 * A change costs what it changes; the view is put together when somebody looks, and kept until the next change.
 */
export class MeshModel {
  private readonly instances = new Map<string, InstanceState>();
  private readonly services = new Map<string, Service>();
  private readonly lost = new Set<InstanceState>();
  private readonly declared = new Declared();
  private readonly listeners = new Set<() => void>();
  private lastList: readonly DirectoryEntry[] | undefined;
  private cached: MeshView | undefined;
  private timer: Timer | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(private readonly options: MeshModelOptions) {}

  /** Begins to follow the directory. */
  start(): void {
    this.unsubscribe = this.options.directory.subscribe((change) => this.directoryChanged(change));
    this.look();
  }

  /** Ends its timer and its subscription. */
  close(): void {
    this.unsubscribe?.();
    this.timer?.cancel();
    this.listeners.clear();
  }

  /** Calls `listener` after each change; returns the function that ends it. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The whole mesh; the same object until something changes. */
  view(): MeshView {
    this.readDirectory();
    this.cached ??= this.build();
    return this.cached;
  }

  instance(id: string): InstanceView | undefined {
    return this.instances.get(id)?.view();
  }

  /** How many instances are known, without the lost. */
  get size(): number {
    return this.instances.size - this.lost.size;
  }

  /** Takes in what an instance answered to `$stats` of a service, after `ms`; false when it is not believed. */
  told(instance: string, service: string, answer: unknown, ms: number): boolean {
    const state = this.instances.get(instance);
    if (state === undefined || state.health === 'lost' || !state.services.has(service)) return false;
    const believed = state.told(service, answer, this.options.clock.now(), ms);
    if (believed) this.touch([service]);
    this.assess(state);
    return believed;
  }

  /** The instance was asked for `$stats` and did not answer within `ms`. */
  silent(instance: string, ms: number): void {
    const state = this.instances.get(instance);
    if (state === undefined || state.health === 'lost') return;
    state.silent(ms);
    this.assess(state);
  }

  private directoryChanged({ type, entry, reason }: DirectoryChange): void {
    const { id } = entry.record;
    if (this.options.hidden?.(id) === true) return;
    if (type === 'removed') this.removed(entry, reason);
    else this.known(entry, reason);
  }

  /** What speaks against an instance may change without a change of the directory being told. */
  private readDirectory(): void {
    const list = this.options.directory.list();
    if (list === this.lastList) return;
    this.lastList = list;
    for (const entry of list) {
      const { id } = entry.record;
      if (this.instances.get(id)?.entry === entry || this.options.hidden?.(id) === true) continue;
      this.known(entry, `found by ${entry.sources.join(' and ')}`);
    }
  }

  private readonly look = (): void => {
    this.readDirectory();
    const before = this.options.clock.now() - LOST_MS;
    for (const state of this.lost) {
      if (state.lostAt > before && this.lost.size <= MAX_LOST) break;
      this.forget(state);
    }
    this.timer = this.options.clock.after(LOOK_MS, this.look);
  };

  private known(entry: DirectoryEntry, reason: string): void {
    const state = this.instances.get(entry.record.id);
    if (state === undefined) {
      const added = new InstanceState(entry, this.options.clock.wallTime());
      this.instances.set(entry.record.id, added);
      this.index(added);
      added.become(added.assess(), added.since);
      this.record(added, 'joined', reason);
      return;
    }
    const { revision } = state.entry.record;
    const isBack = this.lost.delete(state);
    this.replace(state, entry);
    const isNew = this.assess(state, isBack ? `it is back: ${reason}` : undefined);
    if (!isNew && entry.record.revision !== revision) this.record(state, 'updated', reason);
  }

  private removed(entry: DirectoryEntry, reason: string): void {
    const state = this.instances.get(entry.record.id);
    if (state === undefined || this.lost.has(state)) return;
    if (entry.against.includes('goodbye')) {
      this.forget(state);
      this.record(state, 'left', 'it said goodbye');
      return;
    }
    const why = entry.against.length === 0 ? reason : evidenceInWords(entry.against);
    this.replace(state, entry);
    state.lostAt = this.options.clock.now();
    this.lost.add(state);
    this.become(state, { health: 'lost', reason: why }, 'lost', why);
  }

  /** Gives whether its health is another now. */
  private assess(state: InstanceState, reason?: string): boolean {
    const next = state.assess();
    if (next.health === state.health && next.reason === state.reason) return false;
    return this.become(state, next, 'health', reason ?? (next.reason || 'it answers again'));
  }

  private become(state: InstanceState, next: HealthNow, type: HistoryEntry['type'], reason: string): boolean {
    const isNew = next.health !== state.health;
    state.become(next, this.options.clock.wallTime());
    this.touch(state.services.keys());
    if (isNew) this.record(state, type, reason);
    return isNew;
  }

  private replace(state: InstanceState, entry: DirectoryEntry): void {
    const isOther = state.entry.record !== entry.record;
    if (isOther) this.unindex(state);
    state.entry = entry;
    if (isOther) this.index(state);
    else this.touch(state.services.keys());
  }

  private forget(state: InstanceState): void {
    this.lost.delete(state);
    this.instances.delete(state.id);
    this.unindex(state);
    this.touch(state.services.keys());
  }

  private index(state: InstanceState): void {
    for (const name of state.services.keys()) {
      const service = this.services.get(name) ?? { members: new Set(), rollup: undefined };
      service.members.add(state);
      this.services.set(name, service);
    }
    this.declared.add(state.entry.record);
    this.touch(state.services.keys());
  }

  private unindex(state: InstanceState): void {
    for (const name of state.services.keys()) {
      const service = this.services.get(name);
      if (service?.members.delete(state) === true && service.members.size === 0) this.services.delete(name);
    }
    this.declared.remove(state.entry.record);
    this.touch(state.services.keys());
  }

  private touch(services: Iterable<string>): void {
    for (const name of services) {
      const service = this.services.get(name);
      if (service !== undefined) service.rollup = undefined;
    }
    this.cached = undefined;
    for (const listener of this.listeners) listener();
  }

  private record(state: InstanceState, type: HistoryEntry['type'], reason: string): void {
    this.options.history.add({
      at: this.options.clock.wallTime(),
      instance: state.id,
      services: [...state.services.keys()],
      type,
      health: type === 'left' ? 'gone' : state.health,
      reason,
    });
  }

  private build(): MeshView {
    const edges = new Edges((name) => this.services.has(name));
    const names = [...this.services.keys()].sort();
    const services = names.map((name) => {
      const service = this.services.get(name)!;
      service.rollup ??= rollUp(name, service.members);
      edges.add(name, service.rollup, (from, to, topic) => this.declared.has(from, to, topic));
      return service.rollup.summary;
    });
    return {
      environment: this.options.environment,
      at: this.options.clock.wallTime(),
      services,
      instances: [...this.instances.values()].map((state) => state.view()),
      edges: edges.views(),
    };
  }
}

/** How often the directory is read, and the lost are looked through, ms. */
const LOOK_MS = 1000;
/** How long the lost are shown, ms. */
const LOST_MS = 60_000;
const MAX_LOST = 200;
