import { type Clock, systemClock } from '../../../nucleus/clock.js';
import { LinkHost } from '../link-host.js';
import type { Link, LinkListener, Listening, Transport, TransportOptions } from '../transport.js';
import { ANYBODY } from '../../wire/codec.js';
import { DealerLink } from './dealer-link.js';
import { checkIpcPath } from './ipc-path.js';
import { RouterListening } from './router-listening.js';
import { makeRouter } from './sockets.js';
import { ThinLink } from './thin-link.js';

/**
 * The transport over ZeroMQ: a ROUTER per listening endpoint, a DEALER per connection. Who is not known yet is asked on
 * a plain socket: that is over at once, at a fraction of what a DEALER and its monitor cost, the more so where nobody listens.
 */
export class ZeromqTransport implements Transport {
  private readonly host: LinkHost;
  /** Strong references: a socket that is collected ends its process without a word. */
  private readonly open = new Set<DealerLink | ThinLink | RouterListening>();
  private closed = false;

  constructor(options: TransportOptions, clock: Clock = systemClock) {
    this.host = new LinkHost(options, clock);
  }

  get malformed(): number {
    return this.host.malformed;
  }

  async listen(endpoint: string, listener: LinkListener): Promise<Listening> {
    await checkIpcPath(endpoint);
    const socket = makeRouter(this.host, endpoint);
    try {
      await socket.bind(endpoint);
      if (this.closed) throw new Error(`cannot listen on ${endpoint}: the transport is closed`);
    } catch (error) {
      socket.close();
      throw error;
    }
    const bound = socket.lastEndpoint ?? endpoint;
    const released = (closed: RouterListening): void => void this.open.delete(closed);
    const listening = new RouterListening(socket, bound, this.host, listener, released);
    this.open.add(listening);
    return listening;
  }

  connect(endpoint: string, target: string, listener: LinkListener): Link {
    const released = (): void => void this.open.delete(link);
    const Link = target === ANYBODY ? ThinLink : DealerLink;
    const link = new Link(endpoint, target, this.host, listener, released);
    this.open.add(link);
    if (this.closed) setImmediate(() => link.close());
    else link.start();
    return link;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const one of [...this.open]) await one.close();
  }
}
