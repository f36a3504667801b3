import { spawn, type ChildProcess } from 'node:child_process';
import type { ServicePlan } from './environment.js';
import type { LogView } from './log-view.js';
import { endGroup, signalGroup } from './process-group.js';
import type { Reaper } from './reaper.js';
import { RestartPolicy, type Ending } from './restart-policy.js';
import { WholeLines } from './whole-lines.js';

export interface SupervisedOptions {
  readonly plan: ServicePlan;
  readonly view: LogView;
  readonly reaper: Reaper;
  /** The whole environment of the process. */
  readonly env: NodeJS.ProcessEnv;
  /** ms between SIGTERM and SIGKILL. */
  readonly grace: number;
  /** Told what happens to it, in words. */
  readonly tell: (text: string, failed: boolean) => void;
}

/** One process of a service: started, its output shown, started again as its service says, ended as a group. */
export class Supervised {
  private child: ChildProcess | undefined;
  private stopping = false;
  private patience: NodeJS.Timeout | undefined;
  private wake: () => void = () => undefined;
  private readonly policy: RestartPolicy;

  constructor(private readonly options: SupervisedOptions) {
    this.policy = new RestartPolicy(options.plan.restarts);
  }

  /** Runs it, again and again if need be. Resolves when it has ended for good, to whether it failed. */
  async run(): Promise<boolean> {
    const { tell } = this.options;
    while (!this.stopping) {
      const ending = await this.once();
      if (this.stopping) {
        tell(inWords(ending), false);
        break;
      }
      const next = this.policy.next(ending);
      if (!next.again) {
        const why = next.why === '' ? '' : `: ${next.why}`;
        tell(`${inWords(ending)}${next.failed ? `, and stays down${why}` : ''}`, next.failed);
        return next.failed;
      }
      tell(`${inWords(ending)}; starts again in ${next.after / 1000} s`, ending.code !== 0);
      await this.pause(next.after);
    }
    return false;
  }

  /**
   * Asks it to end, and sees to it; `run` resolves then. Only the leader of its group is asked: npm hands SIGTERM
   * on, and a program that is told twice does not finish what it has begun. Who is left without a leader is
   * asked next.
   */
  stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.wake();
    const { child } = this;
    if (child?.pid === undefined) return;
    const { pid } = child;
    const { grace, tell } = this.options;
    child.kill('SIGTERM');
    this.patience = setTimeout(() => {
      if (signalGroup(pid, 'SIGKILL')) tell(`did not end within ${grace / 1000} s and was killed`, true);
    }, grace);
  }

  /** Ends it at once. */
  kill(): void {
    this.stopping = true;
    this.wake();
    if (this.child?.pid !== undefined) signalGroup(this.child.pid, 'SIGKILL');
  }

  private async once(): Promise<Ending> {
    const { reaper, tell, grace } = this.options;
    const started = performance.now();
    const child = this.spawn();
    const { pid } = child;
    const exit = new Promise<Omit<Ending, 'ms'>>((resolve) => {
      child.once('error', (error) => resolve({ code: null, signal: null, error }));
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    const shown = this.show(child);
    this.child = child;
    if (pid !== undefined) {
      reaper.watch(pid);
      tell(`started (pid ${pid})`, false);
    }
    const ending = await exit;
    const ms = performance.now() - started;
    if (pid !== undefined) {
      await endGroup(pid, grace); // what it left behind
      reaper.forget(pid);
    }
    this.child = undefined;
    clearTimeout(this.patience);
    await Promise.race([shown, new Promise((done) => setTimeout(done, OUTPUT_GRACE).unref())]);
    return { ...ending, ms };
  }

  private spawn(): ChildProcess {
    const { command, directory } = this.options.plan;
    const common = {
      cwd: directory,
      env: this.options.env,
      stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32', // a group of its own
    };
    if (typeof command === 'string') return spawn(command, { ...common, shell: true });
    const [program = '', ...args] = command;
    return spawn(program, args, common);
  }

  /** Shows what it prints; resolves when it prints no more. */
  private async show(child: ChildProcess): Promise<void> {
    const { view } = this.options;
    const streams = [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const;
    await Promise.all(
      streams.map(async ([from, to]) => {
        if (from === null) return;
        const lines = new WholeLines((line) => view.line(line, to));
        const ended = new Promise((done) => lines.once('end', done));
        from.on('error', () => undefined);
        from.pipe(lines).pipe(to, { end: false });
        await ended;
      }),
    );
  }

  private async pause(ms: number): Promise<void> {
    await new Promise<void>((done) => {
      const timer = setTimeout(done, ms);
      this.wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}

/** Somebody outside its group may hold its output open; that is not waited for. */
const OUTPUT_GRACE = 500;

function inWords({ code, signal, error, ms }: Ending): string {
  if (error !== undefined) return `could not be started (${error.message})`;
  const after = `after ${(ms / 1000).toFixed(1)} s`;
  if (signal !== null) return `was ended by ${signal} ${after}`;
  return code === 0 ? `ended ${after}` : `failed with code ${code} ${after}`;
}
