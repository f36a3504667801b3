import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { eventually } from './eventually.js';
import { randomMulticast } from './multicast.js';
import { ROOT } from './tree.js';

export interface ProgramOptions {
  readonly args?: readonly string[];
  /** Added to this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Descriptors that it may have open at a time. */
  readonly openFiles?: number;
  /** What its command begins with, such as to run it on another host. */
  readonly prefix?: readonly string[];
  /** Node's own options. */
  readonly node?: readonly string[];
  /** Where its standard output goes instead: an open file. */
  readonly output?: number;
}

/** How long a program may take to end in order, ms. */
const GRACE = 12_000;

const running = new Set<Program>();
process.once('exit', () => {
  for (const program of running) program.signal('SIGKILL');
});

/** A node program of the build in a process of its own, with what it prints. Ended by `endPrograms`. */
export class Program {
  private readonly child: ChildProcess;
  private text = '';
  private complaints = '';
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  isRunning = true;
  private ending = '';

  /** `path` is relative to `dist/`, such as `samples/shop/main.js`, or absolute. */
  constructor(
    private readonly path: string,
    { args = [], env = {}, prefix = [], openFiles, node = [], output }: ProgramOptions = {},
  ) {
    const own = ['--enable-source-maps', ...node, resolve(ROOT, 'dist', path), ...args];
    const command = [...prefix, process.execPath, ...own];
    const limited = ['sh', '-c', `ulimit -n ${openFiles} && exec "$0" "$@"`, ...command];
    const [program, ...rest] = openFiles === undefined ? command : limited;
    this.child = spawn(program!, rest, {
      stdio: ['pipe', output ?? 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.child.stdin?.on('error', () => undefined); // it may have ended
    this.child.stdout?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.complaints += chunk.toString()));
    this.ended = new Promise((done) =>
      this.child.once('close', (code, signal) => {
        this.isRunning = false;
        this.ending = `, ended with ${signal ?? code}`;
        running.delete(this);
        done({ code, signal });
      }),
    );
    running.add(this);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** What it has printed to standard output. */
  get output(): string {
    return this.text;
  }

  get errors(): string {
    return this.complaints;
  }

  /** The lines that are whole. */
  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }

  /** Resolves to the first line that matches; rejects, with all that was printed, when it has ended without or after `within` ms. */
  async line(pattern: RegExp, within = 15_000): Promise<string> {
    const find = (): string | undefined => this.lines.find((line) => pattern.test(line));
    await eventually(() => find() !== undefined || !this.isRunning, { within }).catch(() => undefined);
    const found = find();
    if (found === undefined) throw new Error(`no line ${String(pattern)} from ${this.describe()}`);
    return found;
  }

  write(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** Nobody reads its standard output any more. */
  closeOutput(): void {
    this.child.stdout?.destroy();
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) this.child.kill(signal);
  }

  /** SIGTERM, and SIGKILL when that does not do; resolves when it has ended. */
  async end(): Promise<void> {
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const kill = setTimeout(() => this.signal('SIGKILL'), GRACE);
    await this.ended;
    clearTimeout(kill);
  }

  describe(): string {
    return `${this.path} (pid ${this.pid}${this.ending}):\n${this.text}${this.complaints}`;
  }
}

/** Ends every program that was started: for `afterEach`. */
export async function endPrograms(): Promise<void> {
  await Promise.all([...running].map((program) => program.end()));
}

/** A network of its own: programs with this environment meet one another and nobody else. */
export function ownNetwork(): NodeJS.ProcessEnv {
  const { group, port } = randomMulticast();
  return { ATOM_MULTICAST: `${group}:${port}`, ATOM_REDIS_URL: '', ATOM_NUCLEUS: 'off', NO_COLOR: '1' };
}
