import { IdMap } from '../runtime/id-map.js';
import type { Call } from './call.js';

/** The calls that one connection carries, by correlation id; knows which has been waiting longest without looking for it. */
export class UnderWay {
  private readonly calls = new IdMap<Call>();
  private lastId = 0;
  /** The smallest id that is present, or the next one to be given. */
  private oldest = 1;
  /** Characters of their messages. */
  characters = 0;

  get size(): number {
    return this.calls.size;
  }

  nextId(): number {
    return ++this.lastId;
  }

  /** Adds a call by its id, which is the last one that was given. */
  add(call: Call): void {
    if (this.calls.size === 0) this.oldest = call.id;
    this.calls.set(call.id, call);
    this.characters += call.size;
  }

  get(id: number): Call | undefined {
    return this.calls.get(id);
  }

  has(call: Call): boolean {
    return this.calls.get(call.id) === call;
  }

  drop(id: number, call: Call): void {
    this.calls.delete(id);
    this.characters -= call.size;
    if (id !== this.oldest) return;
    // Each id is passed once, so this is constant time a call.
    do this.oldest++;
    while (this.oldest <= this.lastId && this.calls.get(this.oldest) === undefined);
  }

  /** How long the oldest has been waiting, ms. */
  oldestAge(now: number): number {
    const call = this.calls.get(this.oldest);
    return call === undefined ? 0 : now - call.sentAt;
  }

  list(): Call[] {
    return this.calls.list();
  }

  clear(): void {
    this.calls.clear();
    this.characters = 0;
  }
}
