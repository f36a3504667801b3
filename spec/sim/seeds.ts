import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Violation } from './checker.js';

/** A seed with violations. */
export interface Failure {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

export interface SeedsOptions {
  readonly first: number;
  readonly seeds: number;
  /** End with the first failure. */
  readonly untilFailure?: boolean;
  /** Only these invariants count. Default: all. */
  readonly invariants?: readonly string[];
  /** Root of the built project to simulate. Default: this one. */
  readonly root?: string;
  /** Side by side. Default 2. */
  readonly processes?: number;
}

/** What a worker process is to run: every `step`th seed. */
export interface Share {
  readonly first: number;
  readonly step: number;
  readonly seeds: number;
  readonly untilFailure: boolean;
  readonly invariants?: readonly string[] | undefined;
}

const ROOT = join(import.meta.dirname, '../../..');

/** Runs seeds in processes of their own; gives those that failed, in order. */
export async function runSeeds({
  first,
  seeds,
  untilFailure = false,
  invariants,
  root = ROOT,
  processes = 2,
}: SeedsOptions): Promise<Failure[]> {
  const failures: Failure[] = [];
  const workers = Array.from({ length: Math.min(processes, seeds) }, (_, index) => {
    const share: Share = {
      first: first + index,
      step: processes,
      seeds: Math.ceil((seeds - index) / processes),
      untilFailure,
      invariants,
    };
    return fork(join(root, 'dist/spec/sim/worker.js'), [JSON.stringify(share)]);
  });
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve, reject) => {
          worker.on('message', (failure: Failure) => {
            failures.push(failure);
            if (untilFailure) for (const other of workers) other.kill();
          });
          worker.once('error', reject);
          worker.once('exit', (code, signal) => {
            if (code === 0 || failures.length > 0) resolve();
            else reject(new Error(`a simulation ended with ${signal ?? `exit code ${code}`}`));
          });
        }),
    ),
  );
  return failures.sort((a, b) => a.seed - b.seed);
}
