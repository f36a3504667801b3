import type { AtomError } from '../errors.js';

/** How long an answer is remembered, ms. */
const KEPT_FOR = 60_000;
/** Answers that are remembered at most, and their characters; the oldest are forgotten first. */
const MAX_ANSWERS = 10_000;
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** A request with an idempotency key. */
export interface Asker {
  readonly id: number;
  /** Its handler has begun. */
  readonly inside: boolean;
  /** Why it need not run any more; undefined while it has to. */
  over(now: number): AtomError | undefined;
  /** Another one's answer is its own too. */
  share(part: string): void;
  refuse(error: AtomError): void;
}

interface Answer<T> {
  /** The one that is run for all of them; undefined once it has ended. */
  first: T | undefined;
  /** Its kind, and what follows the correlation id in the envelope; undefined while the first is still being run. */
  tail: string | undefined;
  at: number;
  /** Repeats that came meanwhile. */
  waiting: T[];
}

/** What requests with an idempotency key were answered, so that a repeat is answered again and not run. */
export class Remembered<T extends Asker> {
  private readonly answers = new Map<string, Answer<T>>();
  private characters = 0;

  /** @returns false when `one` is to be run, for all of its key: `settle` or `giveUp` says how it ended */
  isRepeat(key: string, one: T, now: number): boolean {
    this.forgetOld(now);
    const known = this.answers.get(key);
    if (known === undefined) {
      this.answers.set(key, { first: one, tail: undefined, at: now, waiting: [] });
      return false;
    }
    const { first, tail, waiting } = known;
    if (tail !== undefined) one.share(withId(tail, one.id));
    else if (first?.inside === false && first.over(now) !== undefined) {
      // What will not be run any more cannot answer anybody.
      known.first = one;
      return false;
    } else {
      waiting.push(one);
      dropOver(waiting, now);
    }
    return true;
  }

  /** Somebody waits for the answer of `first`. */
  isAwaited(key: string, first: T, now: number): boolean {
    return this.running(key, first)?.waiting.some((one) => one.over(now) === undefined) ?? false;
  }

  /** `one` waits no longer; false when it did not. */
  leave(key: string, one: T): boolean {
    const waiting = this.answers.get(key)?.waiting;
    const place = waiting?.indexOf(one) ?? -1;
    if (place === -1) return false;
    waiting!.splice(place, 1);
    return true;
  }

  /** `first` was answered by `part`, and so are its repeats; `keep` is false when that says nothing of later ones. */
  settle(key: string, first: T, part: string, keep: boolean, now: number): void {
    const answer = this.running(key, first);
    if (answer === undefined) return;
    const tail = part.slice(KIND, KIND + 3) + part.slice(START + String(first.id).length);
    this.answers.delete(key);
    if (keep && tail.length <= MAX_CHARACTERS) {
      // Added anew: the oldest answer is the first.
      answer.tail = tail;
      answer.first = undefined;
      answer.at = now;
      this.answers.set(key, answer);
      this.characters += tail.length;
      this.forgetOld(now);
    }
    for (const one of answer.waiting.splice(0)) one.share(withId(tail, one.id));
  }

  /**
   * `first` came to nothing, for reasons of its own caller's.
   *
   * @returns the repeat that is to be run in its place, if one still has to
   */
  giveUp(key: string, first: T, now: number): T | undefined {
    const answer = this.running(key, first);
    if (answer === undefined) return undefined;
    dropOver(answer.waiting, now);
    const next = answer.waiting.shift();
    if (next === undefined) this.answers.delete(key);
    else answer.first = next;
    return next;
  }

  /** The answer that `first` is being run for. */
  private running(key: string, first: T): Answer<T> | undefined {
    const answer = this.answers.get(key);
    return answer?.first === first ? answer : undefined;
  }

  private forgetOld(now: number): void {
    for (const [key, { tail, at }] of this.answers) {
      // Those that are being run are as many as run.
      if (tail === undefined) continue;
      const tooMany = this.answers.size > MAX_ANSWERS || this.characters > MAX_CHARACTERS;
      if (!tooMany && now - at < KEPT_FOR) return;
      this.answers.delete(key);
      this.characters -= tail.length;
    }
  }
}

/** Refuses those at the head that are over, so that they do not pile up behind what hangs. */
function dropOver(waiting: Asker[], now: number): void {
  for (let over = waiting[0]?.over(now); over !== undefined; over = waiting[0]?.over(now)) {
    waiting.shift()!.refuse(over);
  }
}

/** Both kinds of answers begin alike: `{"t":"res","i":` and `{"t":"err","i":`. */
const KIND = '{"t":"'.length;
const START = '{"t":"res","i":'.length;

function withId(tail: string, id: number): string {
  return `{"t":"${tail.slice(0, 3)}","i":${id}${tail.slice(3)}`;
}
