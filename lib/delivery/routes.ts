import type { DirectoryChange, EvidenceKind } from '../../nucleus/directory.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import type { Logger } from '../../nucleus/logger.js';
import type { ConnectionHost } from './connection.js';
import { Peer } from './peer.js';
import type { PeerOwner, PeerWatcher, Target } from './peer-owner.js';
import { ServiceRoutes } from './service-routes.js';

export interface RoutesHost extends ConnectionHost {
  readonly logger: Logger;
}

/** What the owner of the routes is told. */
export interface RoutesOwner extends PeerOwner {
  /** What is under way there will not be answered soon. */
  stalled(peer: Peer): void;
  /** Nothing will ever be answered by it. */
  gone(instance: string): void;
}

/** What leaves no hope for a quick answer; a draining instance still answers. */
const AWAY: ReadonlySet<EvidenceKind> = new Set(['disconnected', 'refused', 'unanswered']);

/** Which instances offer a service now, kept up with the directory. */
export class Routes implements PeerWatcher {
  private readonly peers = new Map<string, Peer>();
  /** Those of services that nobody offers now are kept for their retry budgets. */
  private readonly byService = new Map<string, ServiceRoutes>();
  private readonly listeners = new Set<() => void>();
  private readonly unsubscribe: () => void;
  private own: Peer | undefined;
  private holding = false;

  constructor(
    private readonly host: RoutesHost,
    private readonly owner: RoutesOwner,
  ) {
    this.unsubscribe = host.directory.subscribe((change) => this.apply(change));
    for (const entry of host.directory.list()) this.set(entry.record, entry.state === 'routable');
    host.pulse.add(this.rest);
  }

  /** The instances that new calls for `service` may go to. */
  of(service: string): readonly Peer[] {
    return this.byService.get(service)?.peers ?? NOBODY;
  }

  /** The same, with what is needed to choose among them; undefined when nobody has ever offered it. */
  to(service: string): ServiceRoutes | undefined {
    return this.byService.get(service);
  }

  /** Names of the services that are known now. */
  names(): string[] {
    return [...this.byService].filter(([, { peers }]) => peers.length > 0).map(([name]) => name);
  }

  all(): IterableIterator<Peer> {
    return this.peers.values();
  }

  get(instance: string): Peer | undefined {
    return this.peers.get(instance);
  }

  /** From now on stays connected to every instance, called or not. */
  holdAll(): void {
    this.holding = true;
    for (const peer of this.peers.values()) if (peer !== this.own) peer.hold();
  }

  /** This process's own services are called like any other; the directory does not hold them. */
  setOwn(record: InstanceRecord): void {
    this.set(record, record.draining !== true);
    this.own = this.peers.get(record.id);
  }

  /** Calls `listener` whenever an instance has become routable; returns the function that ends it. */
  onRoutable(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  mayEject(peer: Target): boolean {
    return peer.record.services.every(({ name }) => this.byService.get(name)?.mayEject ?? false);
  }

  turned(peer: Target): void {
    for (const { name } of peer.record.services) this.byService.get(name)?.refresh();
    const { state, ejections, ejectedUntil } = peer.breaker;
    if (state === 'probing') return;
    const services = peer.record.services.map(({ name }) => name);
    const about = { instance: peer.instance, services, ejections };
    if (state === 'ejected') {
      const ms = Math.round(ejectedUntil - this.host.clock.now());
      this.host.logger.warn({ ...about, ms }, 'instance ejected: too many calls to it came to nothing');
    } else if (state === 'closed') this.host.logger.info(about, 'instance is well again');
    else this.host.logger.debug(about, 'the next call finds out whether the instance is well again');
  }

  async close(): Promise<void> {
    this.unsubscribe();
    this.host.pulse.remove(this.rest);
    await Promise.all([...this.peers.values()].map((peer) => peer.stop()));
    this.peers.clear();
    this.byService.clear();
  }

  private apply({ type, entry }: DirectoryChange): void {
    if (type === 'removed') {
      const peer = this.peers.get(entry.record.id);
      if (peer === undefined || peer === this.own) return;
      this.unlist(peer);
      this.peers.delete(entry.record.id);
      peer.close();
      this.owner.gone(entry.record.id);
    } else {
      this.set(entry.record, entry.state === 'routable');
      if (type === 'state' && entry.against.some((kind) => AWAY.has(kind))) {
        const peer = this.peers.get(entry.record.id);
        if (peer !== undefined) this.owner.stalled(peer);
      }
      if (this.holding) this.peers.get(entry.record.id)?.hold();
    }
  }

  private set(record: InstanceRecord, routable: boolean): void {
    let peer = this.peers.get(record.id);
    if (peer === undefined) {
      peer = new Peer(this.host, this.owner, this, record);
      this.peers.set(record.id, peer);
    }
    this.unlist(peer);
    peer.record = record;
    peer.routable = routable;
    if (!routable) {
      peer.giveBack();
      return;
    }
    for (const { name } of record.services) {
      let routes = this.byService.get(name);
      if (routes === undefined) {
        if (this.byService.size >= MAX_SERVICES) this.prune();
        routes = new ServiceRoutes(this.host.clock.now());
        this.byService.set(name, routes);
      }
      routes.add(peer);
    }
    for (const listener of [...this.listeners]) listener();
  }

  private unlist(peer: Peer): void {
    for (const { name } of peer.record.services) this.byService.get(name)?.remove(peer);
  }

  /** Forgets the services that nobody offers. */
  private prune(): void {
    for (const [name, { peers }] of this.byService) if (peers.length === 0) this.byService.delete(name);
  }

  private readonly rest = (now: number): void => {
    for (const peer of this.peers.values()) peer.rest(now);
  };
}

/** Past this many services, those that nobody offers any more are forgotten. */
const MAX_SERVICES = 1000;
const NOBODY: readonly Peer[] = Object.freeze([]);
