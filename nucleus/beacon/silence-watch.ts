import type { Clock, Timer } from '../clock.js';

interface Speaker {
  lastHeard: number;
  every: number;
}

/** Notices who has stopped to speak: nothing heard for four of its own periods. Told once per silence. */
export class SilenceWatch {
  private readonly speakers = new Map<string, Speaker>();
  private timer: Timer | undefined;
  private lastLook = 0;

  constructor(
    private readonly clock: Clock,
    private readonly silent: (instance: string) => void,
  ) {}

  /** How many speak. */
  get size(): number {
    return this.speakers.size;
  }

  heard(instance: string, every: number): void {
    const speaker = this.speakers.get(instance);
    if (speaker !== undefined) {
      speaker.lastHeard = this.clock.now();
      speaker.every = every;
      return;
    }
    // Forged ids must not fill the memory; a real one that finds no room is merely not missed later.
    if (this.speakers.size >= MAX_SPEAKERS) return;
    this.speakers.set(instance, { lastHeard: this.clock.now(), every });
    if (this.timer === undefined) this.lookLater();
  }

  forget(instance: string): void {
    this.speakers.delete(instance);
  }

  /** Starts counting anew for everybody: the silence was one's own deafness. */
  forgive(): void {
    for (const speaker of this.speakers.values()) speaker.lastHeard = this.clock.now();
  }

  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.speakers.clear();
  }

  private lookLater(): void {
    this.lastLook = this.clock.now();
    this.timer = this.clock.after(LOOK_MS, () => {
      this.timer = undefined;
      this.look();
      if (this.speakers.size > 0 && this.timer === undefined) this.lookLater();
    });
  }

  private look(): void {
    const now = this.clock.now();
    // A late timer means that this process was frozen or busy: what it missed is nobody's silence.
    if (now - this.lastLook > 3 * LOOK_MS) return this.forgive();
    for (const [instance, speaker] of this.speakers) {
      if (now - speaker.lastHeard < PERIODS * speaker.every) continue;
      this.speakers.delete(instance);
      this.silent(instance);
    }
  }
}

const LOOK_MS = 500;
const PERIODS = 4;
const MAX_SPEAKERS = 10_000;
