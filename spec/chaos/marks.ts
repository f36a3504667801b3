/** Collects what is wrong. */
export class Marks {
  readonly misses: string[] = [];

  /** `slack` is how many times as long as the pass marks say something may take. */
  constructor(private readonly slack: number) {}

  /** `found` must not be more than `most`, ms. */
  soon(what: string, found: number | undefined, most: number): this {
    return this.atMost(`${what}, ms`, found, most * this.slack);
  }

  /** `found` must not be more than `most`. */
  atMost(what: string, found: number | undefined, most: number): this {
    if (found === undefined) this.misses.push(`${what}: never, and ${most} is allowed`);
    else if (!(found <= most)) this.misses.push(`${what}: ${round(found)}, and ${round(most)} is allowed`);
    return this;
  }

  atLeast(what: string, found: number, least: number): this {
    if (!(found >= least)) this.misses.push(`${what}: ${round(found)}, and ${round(least)} is wanted`);
    return this;
  }

  none(what: string, found: number): this {
    return this.atMost(what, found, 0);
  }
}

export function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}
