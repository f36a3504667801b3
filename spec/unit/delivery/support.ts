import { Pulse } from '../../../lib/delivery/pulse.js';
import type { RoutesHost } from '../../../lib/delivery/routes.js';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import type { Link, LinkListener } from '../../../lib/transport/transport.js';
import type { Envelope } from '../../../lib/wire/envelope.js';
import type { InstanceRecord } from '../../../nucleus/instance-record.js';
import { LiveDirectory } from '../../../nucleus/live-directory.js';
import { aRecord } from '../../support/records.js';
import { seeded } from '../../support/seeded.js';
import { sentEnvelope } from '../../support/sent-envelope.js';
import { Lines } from '../runtime/support.js';

/** A connection that goes nowhere: the spec plays the other end. */
export class FakeLink implements Link {
  readonly sent: Envelope[] = [];
  queuedBytes = 0;
  paused = false;
  ended = false;
  /** The byte budget is used up. */
  full = false;
  /** The peer reads nothing: `flushed` does not resolve. */
  stuck = false;

  constructor(
    readonly remote: string,
    readonly target: string,
    private readonly listener: LinkListener,
    private readonly now: () => number,
  ) {}

  send(part: string, head?: string): boolean {
    if (this.ended || this.full) return false;
    this.sent.push(sentEnvelope(part, head));
    return true;
  }

  withdraw(): string[] {
    return [];
  }

  flushed(): Promise<void> {
    return this.stuck && !this.ended ? new Promise(() => {}) : Promise.resolve();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  close(): void {
    this.end('closed');
  }

  end(reason: 'refused' | 'disconnected' | 'closed'): void {
    if (this.ended) return;
    this.ended = true;
    this.listener.closed(this, reason);
  }

  /** The peer says something. */
  receive(
    envelopes: readonly Envelope[],
    sender = this.target,
    sentAt = this.now(),
    size = JSON.stringify(envelopes).length,
  ): void {
    if (!this.ended) this.listener.received(this, { sender, target: '', sentAt, envelopes, size });
  }

  of<T extends Envelope['t']>(type: T): Extract<Envelope, { t: T }>[] {
    return this.sent.filter((one): one is Extract<Envelope, { t: T }> => one.t === type);
  }
}

/** One process's view of a network that the spec plays. */
export class FakeNetwork {
  readonly self = aRecord({ services: [], subscriptions: [] });
  readonly clock = new FakeClock();
  readonly logger = new Lines();
  readonly links: FakeLink[] = [];
  readonly directory = new LiveDirectory({
    self: this.self.id,
    environment: 'test',
    host: 'host-a',
    clock: this.clock,
    logger: this.logger,
  });
  readonly host: RoutesHost = {
    clock: this.clock,
    random: seeded(1),
    pulse: new Pulse(this.clock),
    directory: this.directory,
    logger: this.logger,
    connect: (endpoint, target, listener) => {
      const link = new FakeLink(endpoint, target, listener, () => this.clock.now());
      this.links.push(link);
      return link;
    },
  };

  /** An instance of a service that is known. */
  add(service: string, over: Partial<InstanceRecord> = {}): InstanceRecord {
    const services = [{ name: service, version: '1.0.0', operations: [], lexemes: [] }];
    const record = aRecord({ services, subscriptions: [], ...over });
    this.directory.offer(record, 'registry');
    return record;
  }

  /** The newest link to an instance. */
  link(record: InstanceRecord): FakeLink {
    const found = this.links.findLast((link) => link.target === record.id);
    if (found === undefined) throw new Error('nobody has connected to it');
    return found;
  }

  /** Answers the HELLO of the newest link. */
  open(record: InstanceRecord): FakeLink {
    const link = this.link(record);
    link.receive([{ t: 'info', record }]);
    return link;
  }
}
