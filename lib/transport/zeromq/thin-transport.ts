import { type Clock, systemClock, type Timer } from '../../../nucleus/clock.js';
import { LinkHost } from '../link-host.js';
import type { Link, LinkListener, Listening, Transport, TransportOptions } from '../transport.js';
import { ThinLink } from './thin-link.js';
import { ZeromqTransport } from './zeromq-transport.js';

/** How often the links are looked at, ms. */
const LOOK = 1000;

/**
 * The transport over ZeroMQ for a process that holds a thousand connections open and seldom uses one. It listens as
 * `ZeromqTransport` does. What it connects are plain sockets on which it speaks ZMTP itself: 10 KB and one descriptor
 * each, where a monitored DEALER takes four and over 100 KB once 256 messages have gone each way. No keys.
 */
export class ThinTransport implements Transport {
  private readonly host: LinkHost;
  private readonly zeromq: ZeromqTransport;
  private readonly links = new Set<ThinLink>();
  private timer: Timer | undefined;
  private closed = false;

  constructor(options: TransportOptions, clock: Clock = systemClock) {
    this.host = new LinkHost(options, clock);
    this.zeromq = new ZeromqTransport(options, clock);
  }

  get malformed(): number {
    return this.host.malformed + this.zeromq.malformed;
  }

  listen(endpoint: string, listener: LinkListener): Promise<Listening> {
    return this.zeromq.listen(endpoint, listener);
  }

  connect(endpoint: string, target: string, listener: LinkListener): Link {
    const released = (): void => void this.links.delete(link);
    const link = new ThinLink(endpoint, target, this.host, listener, released);
    this.links.add(link);
    if (this.closed) setImmediate(() => link.close());
    else {
      link.start();
      this.timer ??= this.host.clock.after(LOOK, this.look);
    }
    return link;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.timer?.cancel();
    for (const link of [...this.links]) link.close();
    await this.zeromq.close();
  }

  private readonly look = (): void => {
    this.timer = this.links.size === 0 ? undefined : this.host.clock.after(LOOK, this.look);
    for (const link of [...this.links]) link.look();
  };
}
