import { emitKeypressEvents, type Key } from 'node:readline';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_TO_END_OF_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** A screen of its own on the terminal, until `close`. */
export interface Terminal {
  /** Shows these lines from the top, without a flicker. */
  draw(lines: readonly string[]): void;
  size(): { readonly width: number; readonly height: number };
  /** Gives the terminal back as it was. Harmless when repeated. */
  close(): void;
}

export interface TerminalListener {
  /** `text` is what was typed, where the key stands for a character. */
  key(key: Key, text: string | undefined): void;
  resized(): void;
}

/**
 * Takes the alternate screen and the keyboard. The terminal is given back on any end of the process that Node
 * is told of, also an uncaught error.
 */
export function openTerminal(listener: TerminalListener): Terminal {
  const { stdin, stdout } = process;
  let open = true;
  const key = (text: string | undefined, pressed: Key): void => listener.key(pressed, text);
  const resized = (): void => listener.resized();
  const close = (): void => {
    if (!open) return;
    open = false;
    process.off('exit', close);
    stdout.off('resize', resized);
    stdin.off('keypress', key);
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
    stdout.write(LEAVE);
  };
  process.once('exit', close);
  stdout.write(ENTER);
  emitKeypressEvents(stdin);
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on('keypress', key);
  stdin.resume();
  stdout.on('resize', resized);
  return {
    draw: (lines) => {
      if (!open) return;
      stdout.write(HOME + lines.map((line) => line + CLEAR_TO_END_OF_LINE).join('\r\n') + CLEAR_BELOW);
    },
    size: () => ({ width: stdout.columns || 80, height: stdout.rows || 24 }),
    close,
  };
}
