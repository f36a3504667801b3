import type { Clock, Random, Timer } from '../clock.js';
import type { SourceStatus } from '../discovery.js';
import type { InstanceRecord } from '../instance-record.js';
import type { Beacon, BeaconMessage } from './beacon.js';
import { SilenceWatch } from './silence-watch.js';

export interface BeaconTalkOptions {
  readonly self: string;
  readonly environment: string;
  readonly host: string;
  readonly beacon: Beacon;
  readonly clock: Clock;
  readonly random: Random;
}

export interface BeaconTalkListener {
  /** Somebody else of this environment spoke. */
  heard(message: BeaconMessage): void;
  /** Somebody who spoke has been silent for four of its periods. */
  silent(instance: string): void;
}

/**
 * Who says what, and when. A burst of queries at the start, so that one lost datagram does not matter;
 * answers after a short random wait, and none if one has just spoken anyway; then `here` again and again,
 * in a period that grows with the number of speakers, so that all of them together stay near 200 datagrams
 * a second.
 */
export class BeaconTalk {
  private record: InstanceRecord | undefined;
  private readonly timers = new Set<Timer>();
  private period: Timer | undefined;
  private answer: Timer | undefined;
  private lastSpoken = -Infinity;
  private readonly watch: SilenceWatch;
  private leaving = false;

  constructor(
    private readonly options: BeaconTalkOptions,
    private readonly listener: BeaconTalkListener,
  ) {
    this.watch = new SilenceWatch(options.clock, (instance) => listener.silent(instance));
  }

  open(): void {
    this.options.beacon.open({ heard: (message) => this.heard(message), up: () => this.up() });
  }

  announce(record: InstanceRecord): void {
    if (this.record !== undefined && this.record.revision >= record.revision) return;
    this.record = record;
    this.burst('here', BURST_MS);
    this.speakAgain();
  }

  /** Says goodbye three times; resolves when the last is on its way. */
  async withdraw(): Promise<void> {
    if (this.record === undefined || this.leaving) return;
    this.leaving = true;
    this.stopSpeaking();
    for (const wait of GOODBYE_MS) {
      await new Promise<void>((resolve) => void this.options.clock.after(wait, resolve));
      this.say('goodbye');
    }
    this.record = undefined;
  }

  async close(): Promise<void> {
    this.stopSpeaking();
    this.watch.close();
    await this.options.beacon.close();
  }

  status(): SourceStatus {
    return this.options.beacon.status();
  }

  private up(): void {
    // What was missed while the network was away is nobody's silence.
    this.watch.forgive();
    if (!this.leaving) this.burst('query', BURST_MS);
  }

  private heard(message: BeaconMessage): void {
    const { self, environment } = this.options;
    if (message.environment !== environment || message.instance === self) return;
    if (message.kind === 'goodbye') this.watch.forget(message.instance);
    else if (message.revision > 0) this.watch.heard(message.instance, message.every);
    if (message.kind === 'query') this.answerSoon();
    this.listener.heard(message);
  }

  /** One answer serves everybody who asked meanwhile: answers are multicast like all else. */
  private answerSoon(): void {
    const { clock, random } = this.options;
    if (this.answer !== undefined || this.record === undefined || this.leaving) return;
    const quiet = this.lastSpoken + Math.max(MIN_ANSWER_GAP, this.pace()) - clock.now();
    const jitter = random() * Math.min(MAX_ANSWER_JITTER, 20 + this.watch.size);
    this.answer = clock.after(Math.max(0, quiet) + jitter, () => {
      this.say('here');
      this.speakAgain();
    });
  }

  private burst(kind: 'here' | 'query', waits: readonly number[]): void {
    const { clock, random } = this.options;
    for (const wait of waits) {
      const timer = clock.after(wait * (0.5 + random()), () => {
        this.timers.delete(timer);
        this.say(kind);
      });
      this.timers.add(timer);
    }
  }

  private speakAgain(): void {
    const { clock, random } = this.options;
    this.period?.cancel();
    // Whoever asked has heard what was just said.
    this.answer?.cancel();
    this.answer = undefined;
    this.period = clock.after(this.every() * (0.8 + 0.4 * random()), () => {
      this.say('here');
      this.speakAgain();
    });
  }

  private say(kind: BeaconMessage['kind']): void {
    if (this.record === undefined && kind !== 'query') return;
    const { self, environment, host, beacon, clock } = this.options;
    if (kind !== 'query') this.lastSpoken = clock.now();
    beacon.send({
      kind,
      environment,
      host,
      instance: self,
      revision: this.record?.revision ?? 0,
      endpoint: this.record?.endpoint ?? '',
      every: this.every(),
      services: this.record?.services.map((service) => service.name) ?? [],
    });
  }

  private every(): number {
    return Math.max(MIN_PERIOD, this.pace());
  }

  /** Milliseconds between two datagrams of one speaker that keep all speakers within the budget. */
  private pace(): number {
    return Math.ceil((this.watch.size + 1) * MS_PER_DATAGRAM);
  }

  private stopSpeaking(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    this.period?.cancel();
    this.answer?.cancel();
    this.answer = undefined;
  }
}

const BURST_MS = [0, 20, 100, 400] as const;
const GOODBYE_MS = [0, 20, 60] as const;
const MIN_PERIOD = 1000;
const MS_PER_DATAGRAM = 5;
const MIN_ANSWER_GAP = 100;
const MAX_ANSWER_JITTER = 500;
