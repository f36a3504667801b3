import type { Clock, Timer } from '../clock.js';
import type { Directory, DirectoryChange, DirectoryEntry } from '../directory.js';
import { isFirstHand, isGone } from '../live-directory.js';
import type { EnvironmentStore } from './environment-store.js';
import type { RelayBeacon } from './relay-beacon.js';

export interface BrokerParts {
  readonly directory: Directory;
  readonly store: EnvironmentStore;
  /** None: multicast is off. */
  readonly beacon?: RelayBeacon | undefined;
  /** Whether this process has an open session with the instance now. */
  readonly connected: (instance: string) => boolean;
  readonly clock: Clock;
}

/**
 * Carries what one source knows to the others. It speaks only for whom the nucleus itself is in touch with: so
 * that two nuclei, each of which hears the other, never keep a dead instance alive. And it takes out what the
 * dead leave behind: those that the directory gave up by two signs, one of them first-hand.
 */
export class Broker {
  private readonly relayed = new Set<string>();
  private unsubscribe: (() => void) | undefined;
  private timer: Timer | undefined;

  constructor(private readonly parts: BrokerParts) {}

  open(): void {
    this.unsubscribe = this.parts.directory.subscribe((change) => this.changed(change));
    this.look();
  }

  close(): void {
    this.unsubscribe?.();
    this.timer?.cancel();
  }

  private look(): void {
    for (const entry of this.parts.directory.list()) this.judge(entry);
    this.timer = this.parts.clock.after(LOOK_MS, () => this.look());
  }

  private judge({ record, against }: DirectoryEntry): void {
    const { store, beacon, connected } = this.parts;
    if (connected(record.id) && !against.some(isFirstHand)) {
      this.relayed.add(record.id);
      store.relay(record);
      beacon?.speakFor(record);
    } else if (this.relayed.delete(record.id)) {
      store.unrelay(record.id);
      beacon?.hush(record.id, false);
    }
  }

  private changed({ type, entry }: DirectoryChange): void {
    if (type !== 'removed') return this.judge(entry);
    const { store, beacon, directory } = this.parts;
    const { id, revision } = entry.record;
    this.relayed.delete(id);
    beacon?.hush(id, true);
    if (directory.saidGoodbye(id)) store.depart(id);
    else if (isGone(entry.against)) store.evict(id, revision);
    else store.unrelay(id);
  }
}

const LOOK_MS = 250;
