import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '../../clock.js';
import type { History } from '../history.js';
import type { HistoryEntry, MeshView } from '../http-api.js';
import type { MeshModel } from '../mesh-model.js';

export interface EventStreamsOptions {
  readonly clock: Clock;
  readonly model: Pick<MeshModel, 'view' | 'subscribe'>;
  readonly history: Pick<History, 'since' | 'subscribe'>;
  /** Tells one start of the nucleus from another: sequences begin anew with each. */
  readonly startedAt: number;
}

interface Stream {
  readonly response: ServerResponse;
  /** The view that it was sent last. */
  sent: MeshView | undefined;
  /** It gets the next view once it has read the one before. */
  waiting: boolean;
  /** Beats in a row at which it had not read what it was sent. */
  stuck: number;
}

/**
 * Server-sent events: `mesh` with the whole view when it has changed, at most twice a second and at most 1 MB a second;
 * `change` with each entry of the history as it comes. A reader that is behind gets fewer views; one that leaves
 * a view and 8 MiB, or anything for 30 s, unread is cut off, and its browser connects again.
 */
export class EventStreams {
  private readonly streams = new Set<Stream>();
  private readonly endings: (() => void)[];
  private flushTimer: Timer | undefined;
  private beatTimer: Timer;
  private flushedAt = -Infinity;
  private interval = LEAST_INTERVAL;
  /** The last view as text, for whoever joins. */
  private last: { readonly view: MeshView; readonly text: string } | undefined;

  constructor(private readonly options: EventStreamsOptions) {
    this.endings = [
      options.model.subscribe(() => this.changed()),
      options.history.subscribe((entry) => this.tell(entry)),
    ];
    this.beatTimer = options.clock.after(BEAT, this.beat);
  }

  get isFull(): boolean {
    return this.streams.size >= MAX_STREAMS;
  }

  /** Begins a stream; `lastEventId` is what the browser had last: what it missed of the history comes first. */
  open(response: ServerResponse, lastEventId: string | undefined): void {
    const stream: Stream = { response, sent: undefined, waiting: false, stuck: 0 };
    response.on('close', () => this.streams.delete(stream));
    response.on('error', () => this.cut(stream));
    this.streams.add(stream);
    response.write('retry: 1000\n\n');
    const [startedAt, sequence] = (lastEventId ?? '').split('-').map(Number);
    if (startedAt === this.options.startedAt && Number.isSafeInteger(sequence)) {
      for (const entry of this.options.history.since(sequence)) this.write(stream, this.changeText(entry));
    }
    this.sendMesh(stream);
  }

  /** Ends every stream at once. */
  close(): void {
    for (const ending of this.endings) ending();
    this.flushTimer?.cancel();
    this.beatTimer.cancel();
    for (const stream of this.streams) this.cut(stream);
  }

  private changed(): void {
    if (this.streams.size === 0 || this.flushTimer !== undefined) return;
    const { clock } = this.options;
    // A little later, so that what changes together is told together.
    const wait = Math.max(GATHER, this.flushedAt + this.interval - clock.now());
    this.flushTimer = clock.after(wait, () => this.flush());
  }

  private flush(): void {
    this.flushTimer = undefined;
    this.flushedAt = this.options.clock.now();
    for (const stream of this.streams) this.sendMesh(stream);
  }

  private sendMesh(stream: Stream): void {
    if (stream.waiting) return;
    if (stream.response.writableNeedDrain && stream.sent !== undefined) {
      stream.waiting = true;
      stream.response.once('drain', () => {
        stream.waiting = false;
        if (this.streams.has(stream)) this.sendMesh(stream);
      });
      return;
    }
    const { view, text } = this.mesh();
    if (view === stream.sent) return;
    stream.sent = view;
    this.write(stream, text);
  }

  private tell(entry: HistoryEntry): void {
    if (this.streams.size === 0) return;
    const text = this.changeText(entry);
    for (const stream of this.streams) this.write(stream, text);
  }

  private readonly beat = (): void => {
    this.beatTimer = this.options.clock.after(BEAT, this.beat);
    for (const stream of this.streams) {
      stream.stuck = stream.response.writableNeedDrain ? stream.stuck + 1 : 0;
      if (stream.stuck > MAX_STUCK) this.cut(stream);
      else this.write(stream, ': beat\n\n');
    }
  };

  private write(stream: Stream, text: string): void {
    stream.response.write(text);
    if (stream.response.writableLength > MAX_UNREAD + (this.last?.text.length ?? 0)) this.cut(stream);
  }

  private cut(stream: Stream): void {
    this.streams.delete(stream);
    stream.response.destroy();
  }

  private mesh(): { readonly view: MeshView; readonly text: string } {
    const view = this.options.model.view();
    if (this.last?.view !== view) {
      this.last = { view, text: `event: mesh\ndata: ${JSON.stringify(view)}\n\n` };
      this.interval = Math.max(LEAST_INTERVAL, this.last.text.length / CHARACTERS_PER_MS);
    }
    return this.last;
  }

  private changeText(entry: HistoryEntry): string {
    const id = `${this.options.startedAt}-${entry.sequence}`;
    return `id: ${id}\nevent: change\ndata: ${JSON.stringify(entry)}\n\n`;
  }
}

const LEAST_INTERVAL = 500;
const CHARACTERS_PER_MS = 1000;
const GATHER = 50;
const BEAT = 15_000;
const MAX_STUCK = 2;
const MAX_UNREAD = 8 * 1024 * 1024;
const MAX_STREAMS = 64;
