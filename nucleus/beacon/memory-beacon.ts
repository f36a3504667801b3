import type { Random } from '../clock.js';
import type { SourceStatus } from '../discovery.js';
import type { Beacon, BeaconListener, BeaconMessage } from './beacon.js';

/** The network that the memory beacons of one process share. It loses what `loss` says (0 to 1; default 0). */
export class MemoryBeaconHub {
  private readonly members = new Set<BeaconListener>();
  /** How many messages were sent. */
  sent = 0;
  private readonly loss: number;
  private readonly random: Random;

  constructor({ loss = 0, random = Math.random }: { loss?: number; random?: Random } = {}) {
    this.loss = loss;
    this.random = random;
  }

  join(listener: BeaconListener): void {
    this.members.add(listener);
  }

  leave(listener: BeaconListener): void {
    this.members.delete(listener);
  }

  send(message: BeaconMessage): void {
    this.sent++;
    for (const member of this.members) {
      if (this.loss > 0 && this.random() < this.loss) continue;
      queueMicrotask(() => {
        if (this.members.has(member)) member.heard(message);
      });
    }
  }
}

/** A beacon within one process, for tests and for applications that live in one process only. */
export class MemoryBeacon implements Beacon {
  private listener: BeaconListener | undefined;

  constructor(private readonly hub: MemoryBeaconHub) {}

  open(listener: BeaconListener): void {
    this.listener = listener;
    this.hub.join(listener);
    listener.up();
  }

  send(message: BeaconMessage): void {
    if (this.listener !== undefined) this.hub.send(message);
  }

  async close(): Promise<void> {
    if (this.listener !== undefined) this.hub.leave(this.listener);
    this.listener = undefined;
  }

  status(): SourceStatus {
    return { name: 'memory', state: this.listener ? 'up' : 'off', detail: 'within this process' };
  }
}
