/** Something that is waited for, told on standard error; nothing is told where that is no terminal. */
export interface Progress {
  /** Changes what is told. */
  tell(text: string): void;
  /** Takes the line away. Harmless when repeated. */
  done(): void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
/** What takes less than this, ms, is not worth a line that flickers. */
const PATIENCE = 150;
const FRAME = 100;

/** Shows `text` with the seconds that have passed, until `done`. */
export function progress(text: string): Progress {
  const { stderr } = process;
  if (!stderr.isTTY) return { tell: () => undefined, done: () => undefined };
  const started = performance.now();
  let current = text;
  let frame = 0;
  let shown = false;
  const draw = (): void => {
    const waited = performance.now() - started;
    if (waited < PATIENCE) return;
    shown = true;
    const sign = FRAMES[frame++ % FRAMES.length];
    stderr.write(`\r\u001b[K${sign} ${current} (${(waited / 1000).toFixed(1)} s)`);
  };
  const timer = setInterval(draw, FRAME);
  timer.unref();
  return {
    tell: (next) => void (current = next),
    done: () => {
      clearInterval(timer);
      if (shown) stderr.write('\r\u001b[K');
      shown = false;
    },
  };
}

/** Shows `text` until `work` has ended. */
export async function during<T>(text: string, work: Promise<T>): Promise<T> {
  const waiting = progress(text);
  return work.finally(() => waiting.done());
}
