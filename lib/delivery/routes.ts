import type { DirectoryChange } from '../../nucleus/directory.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import type { ConnectionHost } from './connection.js';
import { Peer, type PeerOwner } from './peer.js';

/** Which instances offer a service now, kept up with the directory. */
export class Routes {
  private readonly peers = new Map<string, Peer>();
  private readonly byService = new Map<string, Peer[]>();
  private readonly listeners = new Set<() => void>();
  private readonly unsubscribe: () => void;
  private own: Peer | undefined;
  private holding = false;

  constructor(
    private readonly host: ConnectionHost,
    private readonly owner: PeerOwner,
  ) {
    this.unsubscribe = host.directory.subscribe((change) => this.apply(change));
    for (const entry of host.directory.list()) this.set(entry.record, entry.state === 'routable');
    host.pulse.add(this.rest);
  }

  /** The instances that new calls for `service` may go to. */
  of(service: string): readonly Peer[] {
    return this.byService.get(service) ?? [];
  }

  /** Names of the services that are known now. */
  names(): string[] {
    return [...this.byService.keys()];
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
    } else {
      this.set(entry.record, entry.state === 'routable');
      if (this.holding) this.peers.get(entry.record.id)?.hold();
    }
  }

  private set(record: InstanceRecord, routable: boolean): void {
    let peer = this.peers.get(record.id);
    if (peer === undefined) {
      peer = new Peer(this.host, this.owner, record);
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
      const peers = this.byService.get(name);
      if (peers === undefined) this.byService.set(name, [peer]);
      else peers.push(peer);
    }
    for (const listener of [...this.listeners]) listener();
  }

  private unlist(peer: Peer): void {
    for (const { name } of peer.record.services) {
      const peers = this.byService.get(name);
      const index = peers?.indexOf(peer) ?? -1;
      if (index >= 0) peers!.splice(index, 1);
      if (peers?.length === 0) this.byService.delete(name);
    }
  }

  private readonly rest = (now: number): void => {
    for (const peer of this.peers.values()) peer.rest(now);
  };
}
