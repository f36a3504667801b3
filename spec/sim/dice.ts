import type { Random } from '../../nucleus/clock.js';
import { seeded } from '../support/seeded.js';

/** Chance, of which a simulation has several: what one part draws must not change what another one does. */
export class Dice {
  readonly random: Random;

  constructor(private readonly seed: string) {
    this.random = seeded(hash(seed));
  }

  /** Chance for a part of its own, the same for the same name. */
  fork(name: string): Dice {
    return new Dice(`${this.seed}/${name}`);
  }

  between(low: number, high: number): number {
    return low + this.random() * (high - low);
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(among: readonly T[]): T {
    return among[Math.floor(this.random() * among.length)]!;
  }

  /** `digits` hex digits. */
  hex(digits: number): string {
    return Array.from({ length: digits }, () => Math.floor(this.random() * 16).toString(16)).join('');
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
