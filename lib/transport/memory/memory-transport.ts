import { type Clock, systemClock } from '../../../nucleus/clock.js';
import { ANYBODY } from '../../wire/codec.js';
import { LinkHost } from '../link-host.js';
import type { Link, LinkListener, Listening, Transport, TransportOptions } from '../transport.js';
import { MemoryLink } from './memory-link.js';
import type { MemoryAcceptor, MemoryNetwork } from './memory-network.js';

/** Connecting takes at most this long, ms. */
const CONNECT_TIMEOUT = 2000;

/** The transport within one process: the same bytes, order and limits as over ZeroMQ, without a socket. */
export class MemoryTransport implements Transport {
  private readonly host: LinkHost;
  private readonly open = new Set<{ close(): unknown }>();
  private closed = false;

  constructor(
    private readonly network: MemoryNetwork,
    private readonly options: TransportOptions,
    clock: Clock = systemClock,
  ) {
    this.host = new LinkHost(options, clock);
  }

  get malformed(): number {
    return this.host.malformed;
  }

  async listen(wanted: string, listener: LinkListener): Promise<Listening> {
    if (this.closed) throw new Error(`cannot listen on ${wanted}: the transport is closed`);
    const { network, host, open } = this;
    const { instance } = this.options;
    const accepted = new Set<MemoryLink>();
    const released = (link: MemoryLink): void => {
      accepted.delete(link);
      network.leave(link);
    };
    const listening: MemoryAcceptor = {
      endpoint: network.reserve(wanted),
      instance,
      accept(from) {
        const link = new MemoryLink(network, instance, from, ANYBODY, host, listener, released);
        accepted.add(link);
        return link;
      },
      async close() {
        network.unlisten(listening);
        open.delete(listening);
        for (const link of [...accepted]) link.close();
      },
    };
    network.listen(listening);
    open.add(listening);
    return listening;
  }

  connect(endpoint: string, target: string, listener: LinkListener): Link {
    const { network, host, open } = this;
    const timeout = host.clock.after(CONNECT_TIMEOUT, () => {
      if (link.peer === undefined) link.refuse();
    });
    const released = (ended: MemoryLink): void => {
      timeout.cancel();
      open.delete(ended);
      network.leave(ended);
    };
    const link = new MemoryLink(network, this.options.instance, endpoint, target, host, listener, released);
    open.add(link);
    if (this.closed) setImmediate(() => link.close());
    else network.dial(link, endpoint);
    return link;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const one of [...this.open]) await one.close();
  }
}
