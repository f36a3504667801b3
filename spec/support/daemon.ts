import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonFiles, type DaemonNote } from '../../nucleus/cli/daemon-files.js';
import type { DaemonHealth, MeshView } from '../../nucleus/daemon/http-api.js';
import { splitEndpoint } from '../../nucleus/endpoint.js';
import { eventually } from './eventually.js';
import { Program } from './process.js';

/** A nucleus as a process of its own, with its own folder; started again it has the same ports. */
export class Daemon {
  readonly home = mkdtempSync(join(tmpdir(), 'atom-home-'));
  readonly files = new DaemonFiles({ ATOM_HOME: this.home });
  private program: Program | undefined;
  private last: DaemonNote | undefined;

  constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly args: readonly string[] = [],
  ) {}

  get note(): DaemonNote {
    if (this.last === undefined) throw new Error('the nucleus was not started yet');
    return this.last;
  }

  /** `tcp://host:port` of its registry. */
  get endpoint(): string {
    return this.note.registryEndpoint!;
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    const ports = [
      splitEndpoint(this.last?.registryEndpoint ?? '')?.port ?? 0,
      this.last?.address === undefined ? 0 : new URL(this.last.address).port,
    ];
    const args = [
      'start',
      '--foreground',
      '--port',
      `${ports[0]}`,
      '--http-port',
      `${ports[1]}`,
      ...this.args,
    ];
    const program = new Program('nucleus/cli/main.js', { args, env: { ...this.env, ATOM_HOME: this.home } });
    this.program = program;
    this.last = await eventually(
      () => {
        if (!program.isRunning) throw new Error(program.describe());
        const note = this.files.running();
        return note?.pid === program.pid && note.address !== undefined && note;
      },
      { within: 15_000 },
    );
  }

  /** SIGKILL: nothing is tidied up. */
  async kill(): Promise<void> {
    this.program?.signal('SIGKILL');
    await this.program?.ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.program?.signal(signal);
  }

  async end(): Promise<void> {
    await this.program?.end();
  }

  async view(): Promise<MeshView> {
    return (await (await fetch(`${this.note.address}/services`)).json()) as MeshView;
  }

  async health(): Promise<DaemonHealth> {
    return (await (await fetch(`${this.note.address}/health`)).json()) as DaemonHealth;
  }

  /** Ids of the instances that it shows as alive and that serve something: not of other nuclei. */
  async alive(): Promise<string[]> {
    const { instances } = await this.view();
    return instances
      .filter(({ health, services }) => health === 'alive' && services.length > 0)
      .map(({ id }) => id);
  }

  /** Pid of its own Redis; undefined without one. */
  redisPid(): number | undefined {
    try {
      const { pid } = JSON.parse(readFileSync(join(this.home, 'redis/redis.json'), 'utf8')) as {
        pid: number;
      };
      return pid;
    } catch {
      return undefined;
    }
  }

  /** Ends it and its Redis, and removes its folder. */
  async remove(): Promise<void> {
    await this.end();
    const pid = this.redisPid();
    if (pid !== undefined) endOwnRedis(pid, this.files.redis);
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** One that outlived a killed nucleus; never a process that merely has its pid. */
function endOwnRedis(pid: number, folder: string): void {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    if (environment.includes(join(folder, '..'))) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
