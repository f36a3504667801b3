import type { Router } from 'zeromq';
import type { LinkHost } from '../link-host.js';
import type { Listening, LinkListener } from '../transport.js';
import { Breather } from './breather.js';
import { RouterLink } from './router-link.js';

/** A peer says something every half second (PING); one unheard for as long as this has gone without a word. */
const SILENCE = 15_000;
const SWEEP = 5_000;

/** A bound ROUTER and the peers that have spoken on it. */
export class RouterListening implements Listening {
  private readonly links = new Map<string, RouterLink>();
  private readonly sweeper: NodeJS.Timeout;
  private closed = false;

  constructor(
    private readonly socket: Router,
    readonly endpoint: string,
    private readonly host: LinkHost,
    private readonly listener: LinkListener,
    private readonly released: (listening: RouterListening) => void,
  ) {
    this.sweeper = setInterval(() => this.sweep(), SWEEP).unref();
    void this.read();
  }

  close(): Promise<void> {
    if (this.closed) return Promise.resolve();
    this.closed = true;
    clearInterval(this.sweeper);
    for (const link of [...this.links.values()]) link.close();
    this.socket.close();
    this.released(this);
    return Promise.resolve();
  }

  private async read(): Promise<void> {
    const breather = new Breather();
    try {
      while (!this.closed) {
        const [routingId, ...frames] = await this.socket.receive();
        if (routingId === undefined) continue;
        const key = routingId.toString('latin1');
        if (isGoodbye(frames)) this.links.get(key)?.drop('disconnected');
        else this.link(key, routingId).take(frames);
        await breather.next();
      }
    } catch {
      // `receive` fails only when the socket was closed.
      await this.close();
    }
  }

  private link(key: string, routingId: Buffer): RouterLink {
    let link = this.links.get(key);
    if (link === undefined) {
      // The id may lie in a slab that is used again: keep a copy.
      const id = Buffer.from(routingId);
      link = new RouterLink(this.socket, id, this.host, this.listener, () => void this.links.delete(key));
      this.links.set(key, link);
    }
    return link;
  }

  private sweep(): void {
    const limit = this.host.clock.now() - SILENCE;
    for (const link of [...this.links.values()]) if (link.heardAt < limit) link.drop('silent');
  }
}

/** One empty frame: how libzmq says that a peer has disconnected. */
function isGoodbye(frames: readonly Buffer[]): boolean {
  return frames.length === 1 && frames[0]!.length === 0;
}
