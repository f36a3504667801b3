import { execFileSync, spawnSync } from 'node:child_process';
import { eventually } from './eventually.js';

let count = 0;
const open = new Set<TmuxTerminal>();
process.once('exit', () => {
  for (const terminal of open) terminal.close();
});

/** A real terminal (tmux, on a server of its own) with a shell in it, as a user has one. */
export class TmuxTerminal {
  private readonly socket = `atom-spec-${process.pid}-${++count}`;

  constructor({
    env = {},
    width = 110,
    height = 30,
  }: { env?: NodeJS.ProcessEnv; width?: number; height?: number } = {}) {
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value ?? ''}`]);
    this.tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      `${width}`,
      '-y',
      `${height}`,
      ...variables,
      'env PS1="$ " sh',
    );
    open.add(this);
  }

  /** What is typed, as text. */
  type(text: string): void {
    this.tmux('send-keys', '-l', text);
  }

  /** Keys by tmux's names: `Enter`, `Down`, `C-c`. */
  press(...keys: string[]): void {
    this.tmux('send-keys', ...keys);
  }

  /** Types a command and runs it. */
  run(command: string): void {
    this.type(command);
    this.press('Enter');
  }

  resize(width: number, height: number): void {
    this.tmux('resize-window', '-x', `${width}`, '-y', `${height}`);
  }

  /** What can be seen now, without blanks at the ends; `coloured` keeps the escape sequences. */
  screen({ coloured = false } = {}): string {
    return this.tmux('capture-pane', '-p', ...(coloured ? ['-e'] : [])).trimEnd();
  }

  /** Resolves when the screen matches. @throws Error that shows the screen */
  async shows(pattern: RegExp, within = 10_000): Promise<string> {
    await eventually(() => pattern.test(this.screen()), { within }).catch(() => {
      throw new Error(`the terminal does not show ${String(pattern)}:\n${this.screen()}`);
    });
    return this.screen();
  }

  /** Ends the shell and whatever runs in it. */
  close(): void {
    if (!open.delete(this)) return;
    spawnSync('tmux', ['-L', this.socket, 'kill-server'], { stdio: 'ignore' });
  }

  private tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.socket, ...args], { encoding: 'utf8' });
  }
}

/** Closes every terminal that is open: for `afterEach`. */
export function closeTerminals(): void {
  for (const terminal of open) terminal.close();
}
