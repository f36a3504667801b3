import type { Beacon, BeaconListener, BeaconMessage } from '../beacon/beacon.js';
import type { Clock, Random, Timer } from '../clock.js';
import type { SourceStatus } from '../discovery.js';
import { isLoopback } from '../endpoint.js';
import type { InstanceRecord } from '../instance-record.js';

export interface RelayBeaconParts {
  /** Id of the nucleus's own instance. */
  readonly self: string;
  /** Host id of its host. */
  readonly host: string;
  readonly beacon: Beacon;
  readonly clock: Clock;
  readonly random: Random;
}

interface Spoken {
  record: InstanceRecord;
  dueAt: number;
}

/**
 * A beacon that speaks for others besides: for instances that this nucleus is in touch with and that are not
 * heard by multicast themselves. Of several nuclei that could, the one with the lowest id does. What it says for
 * others it does not hear itself.
 */
export class RelayBeacon implements Beacon {
  private readonly spoken = new Map<string, Spoken>();
  /** Until when each is spoken for by itself, or by a nucleus of a lower id. */
  private readonly others = new Map<string, number>();
  private timer: Timer | undefined;
  private isOpen = false;

  constructor(private readonly parts: RelayBeaconParts) {}

  open(listener: BeaconListener): void {
    const { self, beacon } = this.parts;
    this.isOpen = true;
    beacon.open({
      heard: (message) => {
        if (message.relayedBy === self) return;
        this.note(message);
        listener.heard(message);
      },
      up: () => {
        this.hurry();
        listener.up();
      },
    });
  }

  send(message: BeaconMessage): void {
    this.parts.beacon.send(message);
  }

  async close(): Promise<void> {
    this.isOpen = false;
    this.timer?.cancel();
    this.timer = undefined;
    await this.parts.beacon.close();
  }

  status(): SourceStatus {
    return this.parts.beacon.status();
  }

  /** Speaks for the instance, again and again, until `hush`. */
  speakFor(record: InstanceRecord): void {
    // Nobody but its own host could use it.
    if (record.host !== this.parts.host && isLoopback(record.endpoint)) return;
    const spoken = this.spoken.get(record.id);
    if (spoken?.record === record) return;
    this.spoken.set(record.id, { record, dueAt: this.parts.clock.now() });
    this.timer ??= this.tickLater();
  }

  /** Speaks no more for the instance. `gone`: and says so, which makes those who hear it ask at once. */
  hush(instance: string, gone: boolean): void {
    const spoken = this.spoken.get(instance);
    if (spoken === undefined) return;
    this.spoken.delete(instance);
    if (gone && this.isMine(instance)) this.say('goodbye', spoken.record);
  }

  private note({ instance, kind, every, relayedBy, revision }: BeaconMessage): void {
    if (kind === 'query') this.hurry();
    if (revision === 0 || (relayedBy !== undefined && relayedBy > this.parts.self)) return;
    if (kind === 'goodbye') this.others.delete(instance);
    else if (this.others.size < MAX_OTHERS || this.others.has(instance)) {
      this.others.set(instance, this.parts.clock.now() + PERIODS * every);
    }
  }

  private hurry(): void {
    const now = this.parts.clock.now();
    for (const each of this.spoken.values()) each.dueAt = Math.min(each.dueAt, now);
  }

  private isMine(instance: string): boolean {
    const until = this.others.get(instance);
    if (until === undefined) return true;
    if (until > this.parts.clock.now()) return false;
    this.others.delete(instance);
    return true;
  }

  private tickLater(): Timer {
    return this.parts.clock.after(TICK_MS, () => {
      this.timer = undefined;
      this.tick();
      if (this.isOpen && this.spoken.size > 0) this.timer = this.tickLater();
    });
  }

  private tick(): void {
    const { clock, random } = this.parts;
    const now = clock.now();
    let left = PER_TICK;
    for (const [instance, each] of this.spoken) {
      if (left === 0) break;
      if (each.dueAt > now) continue;
      each.dueAt = now + this.every() * (0.8 + 0.4 * random());
      if (!this.isMine(instance)) continue;
      left--;
      this.say('here', each.record);
    }
  }

  private say(kind: 'here' | 'goodbye', record: InstanceRecord): void {
    if (!this.isOpen) return;
    this.parts.beacon.send({
      kind,
      environment: record.environment,
      host: record.host,
      instance: record.id,
      revision: record.revision,
      endpoint: record.endpoint,
      every: this.every(),
      services: record.services.map(({ name }) => name),
      relayedBy: this.parts.self,
    });
  }

  /** The period, ms, that keeps all that is said here below 200 datagrams a second. */
  private every(): number {
    return Math.max(MIN_PERIOD, this.spoken.size * MS_PER_DATAGRAM);
  }
}

const TICK_MS = 50;
const PER_TICK = 10;
const MIN_PERIOD = 1000;
const MS_PER_DATAGRAM = 5;
const PERIODS = 4;
const MAX_OTHERS = 10_000;
