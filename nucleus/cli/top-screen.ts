import { EXIT } from './exit-codes.js';
import { interrupt, interruption } from './interrupt.js';
import { openTerminal } from './terminal.js';
import { ORDERS, screen, type Summary, type TopState } from './top-view.js';
import type { TrafficRow } from './traffic.js';

/** What one look at the mesh gives. */
export interface Look {
  readonly rows: readonly TrafficRow[];
  readonly summary: Summary;
}

/** Shows what `look` gives, every `interval` ms, until `q` or an interruption. */
export async function liveScreen(look: () => Promise<Look>, interval: number): Promise<void> {
  let state: TopState = { order: 'rate', filter: '', typing: false, scroll: 0 };
  let last = await look();
  const over = new AbortController();
  const ended = AbortSignal.any([over.signal, interruption()]);
  const terminal = openTerminal({
    key: (key, text) => {
      if (key.ctrl === true && key.name === 'c') interrupt(EXIT.INTERRUPTED);
      else if (!state.typing && key.name === 'q') over.abort();
      else {
        state = next(state, key.name, text, last.rows.length);
        draw();
      }
    },
    resized: () => draw(),
  });
  const draw = (): void => terminal.draw(screen(last.rows, last.summary, state, terminal.size()));
  try {
    while (!ended.aborted) {
      draw();
      await pause(interval, ended);
      if (!ended.aborted) last = await Promise.race([look(), aborted(ended, last)]);
    }
  } finally {
    terminal.close();
  }
}

/** What a key makes of the screen. */
export function next(
  state: TopState,
  key: string | undefined,
  text: string | undefined,
  rows: number,
): TopState {
  if (state.typing) {
    if (key === 'return') return { ...state, typing: false };
    if (key === 'escape') return { ...state, typing: false, filter: '' };
    if (key === 'backspace') return { ...state, filter: state.filter.slice(0, -1) };
    const typed = text !== undefined && text >= ' ' && text !== '\u007f' ? text : '';
    return { ...state, filter: state.filter + typed, scroll: 0 };
  }
  if (text === '/') return { ...state, typing: true };
  const order = ORDERS[(ORDERS.indexOf(state.order) + 1) % ORDERS.length] ?? 'rate';
  const least = 0;
  const most = Math.max(0, rows - 1);
  switch (key) {
    case 's':
      return { ...state, order };
    case 'escape':
      return { ...state, filter: '' };
    case 'down':
      return { ...state, scroll: Math.min(most, state.scroll + 1) };
    case 'up':
      return { ...state, scroll: Math.max(least, state.scroll - 1) };
    case 'pagedown':
      return { ...state, scroll: Math.min(most, state.scroll + PAGE) };
    case 'pageup':
      return { ...state, scroll: Math.max(least, state.scroll - PAGE) };
    default:
      return state;
  }
}

const PAGE = 10;

function pause(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      ended.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    ended.addEventListener('abort', done);
  });
}

function aborted<T>(ended: AbortSignal, value: T): Promise<T> {
  return new Promise((resolve) => ended.addEventListener('abort', () => resolve(value), { once: true }));
}
