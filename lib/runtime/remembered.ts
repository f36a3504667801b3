/** How long an answer is remembered, ms. */
const KEPT_FOR = 60_000;
/** Answers that are remembered at most, and their characters; the oldest are forgotten first. */
const MAX_ANSWERS = 10_000;
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** Where an answer goes. */
export interface Asker {
  send(part: string): boolean;
}

interface Answer {
  /** Its kind, and what follows the correlation id in the envelope; undefined while the first is still being run. */
  tail: string | undefined;
  at: number;
  /** Repeats that came meanwhile. */
  readonly waiting: { readonly channel: Asker; readonly id: number }[];
}

/** What requests with an idempotency key were answered, so that a repeat is answered again and not run. */
export class Remembered {
  private readonly answers = new Map<string, Answer>();
  private characters = 0;

  /** @returns false when it is the first of its key, which is to be run: `settle` says how it ended */
  isRepeat(key: string, channel: Asker, id: number, now: number): boolean {
    this.forgetOld(now);
    const known = this.answers.get(key);
    if (known === undefined) {
      this.answers.set(key, { tail: undefined, at: now, waiting: [] });
      return false;
    }
    if (known.tail === undefined) known.waiting.push({ channel, id });
    else channel.send(withId(known.tail, id));
    return true;
  }

  /** Somebody waits for the same answer. */
  isAwaited(key: string): boolean {
    return (this.answers.get(key)?.waiting.length ?? 0) > 0;
  }

  /** The first of `key`, request `id`, was answered by `part`; `keep` is false when that says nothing of a repeat. */
  settle(key: string, id: number, part: string, keep: boolean, now: number): void {
    const answer = this.answers.get(key);
    if (answer === undefined || answer.tail !== undefined) return;
    const tail = part.slice(KIND, KIND + 3) + part.slice(START + String(id).length);
    for (const { channel, id: other } of answer.waiting.splice(0)) channel.send(withId(tail, other));
    this.answers.delete(key);
    if (!keep || tail.length > MAX_CHARACTERS) return;
    // Added anew: the oldest answer is the first.
    answer.tail = tail;
    answer.at = now;
    this.answers.set(key, answer);
    this.characters += tail.length;
    this.forgetOld(now);
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

/** Both kinds of answers begin alike: `{"t":"res","i":` and `{"t":"err","i":`. */
const KIND = '{"t":"'.length;
const START = '{"t":"res","i":'.length;

function withId(tail: string, id: number): string {
  return `{"t":"${tail.slice(0, 3)}","i":${id}${tail.slice(3)}`;
}
