import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { processMark } from './process-mark.js';

/** What a running nucleus has written down of itself. */
export interface DaemonNote {
  readonly pid: number;
  /** When that process was started: another one may have the pid later. */
  readonly mark: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly environment: string;
  /** What the registry is kept in, in words; absent until it has started. */
  readonly registry?: string;
  /** `tcp://host:port`. */
  readonly registryEndpoint?: string;
  /** `http://host:port`, as one reaches it from this machine. */
  readonly address?: string;
}

/** Where the nucleus of this user keeps what it needs: `$ATOM_HOME`, else `$XDG_STATE_HOME/atom`, else `~/.local/state/atom`. */
export class DaemonFiles {
  readonly home: string;
  /** The pid file: a `DaemonNote`. */
  readonly note: string;
  readonly log: string;
  /** What a request over HTTP needs; readable by this user only. */
  readonly token: string;
  /** Folder of the nucleus's own Redis. */
  readonly redis: string;

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.home = resolve(
      env.ATOM_HOME || join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'atom'),
    );
    this.note = join(this.home, 'nucleus.json');
    this.log = join(this.home, 'nucleus.log');
    this.token = join(this.home, 'token');
    this.redis = join(this.home, 'redis');
  }

  /** Makes the folder. */
  prepare(): void {
    mkdirSync(this.home, { recursive: true, mode: 0o700 });
  }

  /** The nucleus that runs now; undefined when none does, whatever a file says. */
  running(): DaemonNote | undefined {
    const note = readNote(this.note);
    return note !== undefined && processMark(note.pid) === note.mark ? note : undefined;
  }

  /**
   * Writes down that this process is the nucleus; `running` is who is it already. Two that try at the same time do
   * not both succeed.
   */
  claim(
    note: DaemonNote,
  ): { readonly claimed: true } | { readonly claimed: false; readonly running: DaemonNote } {
    this.prepare();
    const own = `${this.note}.${process.pid}`;
    writeFileSync(own, JSON.stringify(note), { mode: 0o600 });
    try {
      for (;;) {
        try {
          linkSync(own, this.note);
          return { claimed: true };
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        }
        const running = this.running();
        if (running !== undefined) return { claimed: false, running };
        // Left by one that was killed.
        rmSync(this.note, { force: true });
      }
    } finally {
      rmSync(own, { force: true });
    }
  }

  /** Replaces what this process has written down. */
  update(note: DaemonNote): void {
    const own = `${this.note}.${process.pid}`;
    writeFileSync(own, JSON.stringify(note), { mode: 0o600 });
    renameSync(own, this.note);
  }

  /** Takes it away, if it is this process's. */
  release(): void {
    if (readNote(this.note)?.pid === process.pid) rmSync(this.note, { force: true });
  }

  /** The token; made when there is none yet. */
  readToken({ create = false } = {}): string | undefined {
    try {
      const token = readFileSync(this.token, 'utf8').trim();
      if (token.length >= 16) {
        if (create) chmodSync(this.token, 0o600);
        return token;
      }
    } catch {
      // made below
    }
    if (!create) return undefined;
    const token = randomBytes(24).toString('hex');
    rmSync(this.token, { force: true });
    writeFileSync(this.token, `${token}\n`, { mode: 0o600 });
    return token;
  }

  /** A log that has grown large is put aside, in place of the one before. */
  rotateLog(): void {
    try {
      if (statSync(this.log).size > MAX_LOG) renameSync(this.log, `${this.log}.1`);
    } catch {
      // there is none yet
    }
  }
}

const MAX_LOG = 10 * 1024 * 1024;

function readNote(file: string): DaemonNote | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isNote(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isNote(value: unknown): value is DaemonNote {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, mark, environment } = value as Partial<DaemonNote>;
  return Number.isSafeInteger(pid) && pid! > 0 && typeof mark === 'string' && typeof environment === 'string';
}
