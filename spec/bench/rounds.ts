import type { LexemeName } from './order.js';
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Contender, ContenderName, Endpoints } from './contender.js';
import type { EventFigures } from './drive-events.js';
import type { RequestFigures, RequestPlan } from './drive-requests.js';
import { spread } from './stats.js';
import type { CheckPlan, Job, Report } from './worker.js';
import type { Size } from './workload.js';

export const DEPTHS = [1, 64, 512] as const;
export const SIZES: readonly Size[] = [100, 10_000];
export const SUBSCRIBERS = [1, 4] as const;

/** Parts that a cell is measured in; between them the others have theirs. */
const SLICES = 5;

export interface Effort {
  readonly rounds: number;
  /** Before each slice. */
  readonly warmUpMs: number;
  /** Of a cell, in all its slices. */
  readonly durationMs: number;
}

/** The figures of one contender in one round by the name of the cell, such as `requests 64 x 100 B`. */
export type Figures = Record<string, number>;

export const cell = {
  requests: (depth: number, size: Size) => `requests ${depth} x ${size} B`,
  p50: (depth: number, size: Size) => `p50 ${depth} x ${size} B`,
  p99: (depth: number, size: Size) => `p99 ${depth} x ${size} B`,
  events: (subscribers: number) => `events to ${subscribers}`,
  lost: (subscribers: number) => `lost to ${subscribers}`,
  check: (lexeme: LexemeName) => `checks of a ${lexeme} lexeme`,
} as const;

/** A process of one contender. `next()` gives its next report and fails when it dies before. */
class Worker {
  private readonly reports: Report[] = [];
  private readonly child: ChildProcess;
  private wake = (): void => {};
  private ended: string | undefined;

  constructor(private readonly job: Job) {
    this.child = fork(join(import.meta.dirname, 'worker.js'), [JSON.stringify(job)], {
      execArgv: ['--enable-source-maps'],
    });
    this.child.on('message', (report: Report) => {
      this.reports.push(report);
      this.wake();
    });
    this.child.once('exit', (code, signal) => {
      this.ended = String(signal ?? code);
      this.wake();
    });
  }

  send(plan: RequestPlan | CheckPlan): void {
    this.child.send(plan);
  }

  async next<T extends Report['type']>(type: T): Promise<Extract<Report, { type: T }>> {
    while (this.reports.length === 0) {
      if (this.ended !== undefined) {
        throw new Error(`${this.job.contender} ended with ${this.ended} while it had to ${this.job.role}`);
      }
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    const report = this.reports.shift();
    if (report?.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(report)}`);
    return report as Extract<Report, { type: T }>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.ended !== undefined) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }
}

/** Fails rather than wait for ever for somebody who never answers. */
async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing for ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The medians of what the slices of a cell gave. */
function medians<T extends Record<keyof T, number>>(slices: readonly T[]): T {
  const [first] = slices;
  const entries = (Object.keys(first!) as (keyof T)[]).map((key) => [
    key,
    spread(slices.map((slice) => slice[key])).median,
  ]);
  return Object.fromEntries(entries) as T;
}

/** Has each of `names` run its slices of a cell, taking turns. */
async function inTurns<T extends Record<keyof T, number>>(
  names: readonly ContenderName[],
  run: (name: ContenderName) => Promise<T>,
): Promise<Map<ContenderName, T>> {
  const slices = new Map<ContenderName, T[]>(names.map((name) => [name, []]));
  for (let slice = 0; slice < SLICES; slice++)
    for (const name of names) slices.get(name)!.push(await run(name));
  return new Map([...slices].map(([name, all]) => [name, medians(all)]));
}

/**
 * All contenders are up, and take their turns slice by slice: what is compared was measured within a second or two.
 * A side that has nothing to do costs nothing.
 */
async function measureRequests(names: readonly ContenderName[], effort: Effort, into: Round): Promise<void> {
  const { warmUpMs, durationMs } = effort;
  const workers: Worker[] = [];
  const start = async (job: Job): Promise<readonly [Worker, Endpoints]> => {
    const worker = new Worker(job);
    workers.push(worker);
    return [worker, (await within(20_000, `${job.contender} ${job.role}`, worker.next('ready'))).endpoints];
  };
  try {
    const clients = new Map<ContenderName, Worker>();
    for (const contender of names) {
      const [, endpoints] = await start({ role: 'serve', contender });
      clients.set(contender, (await start({ role: 'request', contender, endpoints }))[0]);
    }
    const run = async (name: ContenderName, plan: RequestPlan): Promise<RequestFigures> => {
      const client = clients.get(name)!;
      client.send(plan);
      const { value } = await within(20_000 + 5 * durationMs, `${name} requests`, client.next('result'));
      return value as RequestFigures;
    };
    // V8 optimises what has run often: at one request in flight that takes longer than a cell lasts.
    const everything = { depth: 512, size: 100, warmUpMs: 0, durationMs: 2 * durationMs } as const;
    for (const name of clients.keys()) await run(name, everything);
    for (const size of SIZES) {
      for (const depth of DEPTHS) {
        const plan = { depth, size, warmUpMs, durationMs: durationMs / SLICES };
        for (const name of names) await run(name, { ...plan, durationMs });
        for (const [name, { perSecond, p50, p99 }] of await inTurns(names, (name) => run(name, plan))) {
          into.add(name, {
            [cell.requests(depth, size)]: perSecond,
            [cell.p50(depth, size)]: p50,
            [cell.p99(depth, size)]: p99,
          });
        }
      }
    }
  } finally {
    for (const worker of workers) await worker[Symbol.asyncDispose]();
  }
}

async function measureEvents(
  contender: ContenderName,
  subscribers: number,
  effort: Effort,
): Promise<Figures> {
  const { durationMs } = effort;
  const plan = { subscribers, size: 100 as const, warmUpMs: durationMs, durationMs };
  await using publisher = new Worker({ role: 'publish', contender, plan });
  const { endpoints, control = 0 } = await within(20_000, `${contender} publish`, publisher.next('ready'));
  const workers = Array.from(
    { length: subscribers },
    () => new Worker({ role: 'subscribe', contender, endpoints, control }),
  );
  try {
    const { value } = await within(40_000 + 3 * durationMs, `${contender} events`, publisher.next('result'));
    const { perSecond, lost } = value as EventFigures;
    return { [cell.events(subscribers)]: perSecond, [cell.lost(subscribers)]: lost };
  } finally {
    for (const worker of workers) await worker[Symbol.asyncDispose]();
  }
}

async function measureChecks(names: readonly ContenderName[], effort: Effort, into: Round): Promise<void> {
  const { durationMs } = effort;
  const workers = new Map(names.map((contender) => [contender, new Worker({ role: 'check', contender })]));
  try {
    const run = async (name: ContenderName, ms: number): Promise<Record<LexemeName, number>> => {
      const worker = workers.get(name)!;
      worker.send({ durationMs: ms });
      const { value } = await within(20_000 + 6 * ms, `${name} check`, worker.next('result'));
      return value as Record<LexemeName, number>;
    };
    for (const [name, worker] of workers) {
      await within(20_000, `${name} check`, worker.next('ready'));
      await run(name, durationMs / 2);
    }
    const found = await inTurns(names, (name) => run(name, durationMs / SLICES));
    for (const [name, { flat, nested }] of found) {
      into.add(name, { [cell.check('flat')]: flat, [cell.check('nested')]: nested });
    }
  } finally {
    for (const worker of workers.values()) await worker[Symbol.asyncDispose]();
  }
}

class Round {
  readonly figures: Partial<Record<ContenderName, Figures>> = {};

  add(name: ContenderName, figures: Figures): void {
    this.figures[name] = { ...this.figures[name], ...figures };
  }
}

/** Measures every contender once, in fresh processes, in the order given. */
export async function measureRound(
  contenders: readonly (readonly [ContenderName, Contender])[],
  effort: Effort,
): Promise<Partial<Record<ContenderName, Figures>>> {
  const round = new Round();
  const having = (kind: 'requests' | 'events' | 'check'): ContenderName[] =>
    contenders.flatMap(([name, contender]) => (contender[kind] ? [name] : []));
  await measureRequests(having('requests'), effort, round);
  for (const subscribers of SUBSCRIBERS) {
    for (const name of having('events')) round.add(name, await measureEvents(name, subscribers, effort));
  }
  await measureChecks(having('check'), effort, round);
  return round.figures;
}
