import type { Clock } from '../clock.js';
import type { Sending } from '../registry/nucleus-sockets.js';

export interface OutboxesParts {
  readonly clock: Clock;
  readonly send: (peer: string, text: string) => Promise<Sending>;
  /** The peer has gone, or reads too slowly: nothing more is sent to it. */
  readonly cut: (peer: string, why: 'gone' | 'slow') => void;
}

interface Outbox {
  readonly queue: string[];
  bytes: number;
  blocked: boolean;
}

/**
 * What waits for each client, bounded in bytes: a slow one costs its own budget and holds up nobody. The socket
 * takes one message at a time, so the clients take turns.
 */
export class Outboxes {
  private readonly boxes = new Map<string, Outbox>();
  /** Those with something to send, in turn. */
  private readonly turns = new Set<string>();
  private running = false;
  private closed = false;

  constructor(private readonly parts: OutboxesParts) {}

  push(peer: string, text: string): void {
    if (this.closed) return;
    let box = this.boxes.get(peer);
    if (box === undefined) this.boxes.set(peer, (box = { queue: [], bytes: 0, blocked: false }));
    box.bytes += text.length;
    box.queue.push(text);
    if (box.bytes > BUDGET + text.length) return this.cut(peer, 'slow');
    if (!box.blocked) this.turns.add(peer);
    if (!this.running) void this.run();
  }

  drop(peer: string): void {
    this.boxes.delete(peer);
    this.turns.delete(peer);
  }

  close(): void {
    this.closed = true;
    this.boxes.clear();
    this.turns.clear();
  }

  private async run(): Promise<void> {
    this.running = true;
    for (const peer of this.turns) {
      // A set goes on with what is added while it is walked: whoever has more to send queues up again.
      this.turns.delete(peer);
      const box = this.boxes.get(peer);
      const text = box?.queue[0];
      if (box === undefined || text === undefined) continue;
      const result = await this.parts.send(peer, text);
      if (this.boxes.get(peer) !== box) continue;
      if (result === 'gone') this.cut(peer, 'gone');
      else if (result === 'blocked') this.waitFor(peer, box);
      else {
        box.queue.shift();
        box.bytes -= text.length;
        if (box.queue.length > 0) this.turns.add(peer);
      }
    }
    this.running = false;
  }

  private waitFor(peer: string, box: Outbox): void {
    box.blocked = true;
    this.parts.clock.after(BLOCKED_MS, () => {
      box.blocked = false;
      if (this.boxes.get(peer) !== box) return;
      this.turns.add(peer);
      if (!this.running) void this.run();
    });
  }

  private cut(peer: string, why: 'gone' | 'slow'): void {
    this.drop(peer);
    this.parts.cut(peer, why);
  }
}

const BUDGET = 4 * 1024 * 1024;
const BLOCKED_MS = 20;
