import { type Clock, systemClock } from '../../../nucleus/clock.js';
import { BatchEncoder } from '../batch-encoder.js';
import { Intake } from '../intake.js';
import {
  DEFAULT_BUDGET,
  DEFAULT_MAX_BODY,
  type Link,
  type LinkListener,
  type Listening,
  type Transport,
  type TransportOptions,
} from '../transport.js';
import { DealerLink } from './dealer-link.js';
import { RouterListening } from './router-listening.js';
import { makeDealer, makeRouter } from './sockets.js';

/** The transport over ZeroMQ: a ROUTER per listening endpoint, a DEALER per connection. */
export class ZeromqTransport implements Transport {
  malformed = 0;
  private readonly encoder: BatchEncoder;
  private readonly budget: number;
  private readonly maxBody: number;
  /** Strong references: a socket that is collected ends its process without a word. */
  private readonly open = new Set<DealerLink | RouterListening>();

  constructor(
    options: TransportOptions,
    private readonly clock: Clock = systemClock,
  ) {
    this.encoder = new BatchEncoder(options.instance, clock);
    this.budget = options.budget ?? DEFAULT_BUDGET;
    this.maxBody = options.maxBody ?? DEFAULT_MAX_BODY;
  }

  async listen(endpoint: string, listener: LinkListener): Promise<Listening> {
    const socket = makeRouter(this.maxBody);
    try {
      await socket.bind(endpoint);
    } catch (error) {
      socket.close();
      throw error;
    }
    const listening = new RouterListening(
      socket,
      socket.lastEndpoint ?? endpoint,
      this.clock,
      this.encoder,
      this,
      listener,
      this.budget,
      (closed) => this.open.delete(closed),
    );
    this.open.add(listening);
    return listening;
  }

  connect(endpoint: string, target: string, listener: LinkListener): Link {
    const link = new DealerLink(
      makeDealer(this.maxBody),
      endpoint,
      target,
      this.encoder,
      new Intake(this.clock, this),
      listener,
      this.budget,
      (closed) => this.open.delete(closed),
    );
    this.open.add(link);
    link.start();
    return link;
  }

  async close(): Promise<void> {
    for (const one of [...this.open]) await one.close();
  }
}
