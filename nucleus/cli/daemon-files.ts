import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { EXIT } from './exit-codes.js';
import { fail } from './output.js';
import { processMark } from '../process-mark.js';

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

/** Whether this process is the nucleus now, or who is it already. */
export type Claim = { readonly claimed: true } | { readonly claimed: false; readonly running: DaemonNote };

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

  /** Makes the folder. @throws Failure when it cannot be used */
  prepare(): void {
    this.use(() => {
      mkdirSync(this.home, { recursive: true, mode: 0o700 });
      accessSync(this.home, constants.W_OK | constants.X_OK);
    });
  }

  /** The log, put aside before when it has grown large: a descriptor to append to. @throws Failure when it cannot be written */
  openLog(): number {
    this.rotateLog();
    return this.use(() => openSync(this.log, 'a', 0o600));
  }

  /** The nucleus that runs now; undefined when none does, whatever a file says. */
  running(): DaemonNote | undefined {
    return living(readNote(this.note));
  }

  /**
   * Writes down that this process is the nucleus; `running` is who is it already. Two that try at the same time do
   * not both succeed. @throws Failure when the folder cannot be used
   */
  claim(note: DaemonNote): Claim {
    this.prepare();
    const own = `${this.note}.${process.pid}`;
    this.use(() => writeFileSync(own, JSON.stringify(note), { mode: 0o600 }));
    try {
      for (;;) {
        if (linked(own, this.note)) return { claimed: true };
        const running = this.running();
        if (running !== undefined) return { claimed: false, running };
        const answer = this.inherit(own);
        if (answer !== undefined) return answer;
      }
    } finally {
      rmSync(own, { force: true });
    }
  }

  /**
   * Puts `own` in the place of the note of one that was killed; undefined when that one's note has gone meanwhile.
   * Of those who find it dead, some perhaps late, only its heir may: who has linked a file that is named after that
   * very note. The heir of an heir that was killed is found in the same way.
   */
  private inherit(own: string): Claim | undefined {
    const dead = readText(this.note);
    if (dead === undefined) return undefined;
    const rights: string[] = [];
    for (let last = dead; ;) {
      const running = living(noteOf(last));
      if (running !== undefined) return { claimed: false, running };
      const right = `${this.note}.${createHash('sha256').update(last).digest('hex').slice(0, 16)}`;
      rights.push(right);
      if (linked(own, right)) break;
      const heir = readText(right);
      if (heir === undefined) return undefined;
      last = heir;
    }
    try {
      // It never comes back once it is replaced: nobody else replaces it from here on.
      if (readText(this.note) !== dead) {
        rights.splice(0, rights.length - 1);
        return undefined;
      }
      renameSync(own, this.note);
      return { claimed: true };
    } finally {
      for (const right of rights) rmSync(right, { force: true });
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

  private use<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      const mend = 'give a folder that you may write: ATOM_HOME';
      return fail(
        `the files of the nucleus cannot be kept in ${this.home}: ${(error as Error).message}`,
        mend,
        EXIT.FAILED,
      );
    }
  }

  /** A log that has grown large is put aside, in place of the one before. */
  private rotateLog(): void {
    try {
      if (statSync(this.log).size > MAX_LOG) renameSync(this.log, `${this.log}.1`);
    } catch {
      // there is none yet
    }
  }
}

const MAX_LOG = 10 * 1024 * 1024;

/** False when something is there already. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when there is no such file. */
function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The note, if the process that wrote it is still there. */
function living(note: DaemonNote | undefined): DaemonNote | undefined {
  return note !== undefined && processMark(note.pid) === note.mark ? note : undefined;
}

function readNote(file: string): DaemonNote | undefined {
  try {
    return noteOf(readText(file) ?? '');
  } catch {
    return undefined;
  }
}

function noteOf(text: string): DaemonNote | undefined {
  try {
    const value: unknown = JSON.parse(text);
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
