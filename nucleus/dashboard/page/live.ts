import type { HistoryEntry, MeshView } from '../../daemon/http-api.js';
import { fetchHealth, fetchHistory } from './api.js';
import type { Store } from './store.js';
import { extend } from './trails.js';

/** The page is drawn at most this often, ms, however often the nucleus tells something. */
const DRAW_EVERY = 500;
/** How often the nucleus is asked how it is itself, ms; also how a link is found dead that does not say so. */
const ASK_EVERY = 5000;
const RETRY_FIRST = 500;
const RETRY_MOST = 5000;
const HISTORY = 500;

/** Follows the nucleus for as long as the page is open: its events, and itself. */
export class LiveFeed {
  private source: EventSource | undefined;
  private retryIn = RETRY_FIRST;
  /** The last mesh that was told and is not drawn yet, as text: most are never read. */
  private told: string | undefined;
  private drawnAt = 0;
  private drawing = false;

  constructor(private readonly store: Store) {}

  start(): void {
    this.connect();
    void this.ask();
    setInterval(() => void this.ask(), ASK_EVERY);
  }

  private connect(): void {
    this.source?.close();
    const source = new EventSource('/events');
    this.source = source;
    source.addEventListener('open', () => void this.opened());
    source.addEventListener('mesh', ({ data }: MessageEvent<string>) => this.tell(data));
    source.addEventListener('change', ({ data }: MessageEvent<string>) =>
      this.note([JSON.parse(data) as HistoryEntry]),
    );
    source.addEventListener('error', () => this.failed(source));
  }

  private async opened(): Promise<void> {
    this.retryIn = RETRY_FIRST;
    this.store.update({ link: { state: 'live', since: Date.now() } });
    // A nucleus that was started again counts its history from 1: what was known is replaced.
    const entries = await fetchHistory().catch(() => undefined);
    if (!entries) return;
    this.store.update({ history: [] });
    this.note(entries);
  }

  private failed(source: EventSource): void {
    if (source !== this.source) return;
    source.close();
    this.source = undefined;
    if (this.store.state.link.state !== 'lost') {
      this.store.update({ link: { state: 'lost', since: Date.now() } });
    }
    setTimeout(() => this.connect(), this.retryIn);
    this.retryIn = Math.min(RETRY_MOST, this.retryIn * 2);
  }

  private async ask(): Promise<void> {
    const source = this.source;
    try {
      this.store.update({ daemon: await fetchHealth() });
    } catch {
      if (source) this.failed(source);
    }
  }

  private note(entries: readonly HistoryEntry[]): void {
    const known = new Set(this.store.state.history.map(({ sequence }) => sequence));
    const fresh = entries.filter(({ sequence }) => !known.has(sequence));
    if (fresh.length === 0) return;
    const history = [...fresh, ...this.store.state.history].sort((a, b) => b.sequence - a.sequence);
    this.store.update({ history: history.slice(0, HISTORY) });
  }

  private tell(text: string): void {
    this.told = text;
    if (this.drawing) return;
    this.drawing = true;
    setTimeout(() => this.draw(), Math.max(0, this.drawnAt + DRAW_EVERY - performance.now()));
  }

  private draw(): void {
    this.drawing = false;
    this.drawnAt = performance.now();
    if (this.told === undefined) return;
    const mesh = JSON.parse(this.told) as MeshView;
    this.told = undefined;
    this.store.update({ mesh, trails: extend(this.store.state.trails, mesh) });
  }
}
