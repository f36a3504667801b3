import { assemble } from '../../lib/application/factory.js';
import type { Application } from '../../lib/application/application.js';
import type { NodeParts } from '../../lib/application/mesh-node.js';
import { resolveOptions } from '../../lib/application/options.js';
import { AtomError } from '../../lib/errors.js';
import type { MessageContext } from '../../lib/runtime/context.js';
import type { InboundContext } from '../../lib/runtime/inbound-context.js';
import { createDiscovery } from '../../nucleus/create-discovery.js';
import { MemoryTransport } from '../../lib/transport/memory/memory-transport.js';
import type { Transport } from '../../lib/transport/transport.js';
import type { Dice } from './dice.js';
import type { Note } from './history.js';
import { HostClock } from './host-clock.js';
import { lifeLogger } from './life-logger.js';
import { watchTransport } from './watched-transport.js';
import { moduleOf, type News, type Notebook, type Work } from './services.js';
import { SimRegistry } from './sim-registry.js';
import type { HostPlan, Observed, Surroundings } from './surroundings.js';

/** What a call asks for. */
export interface Ask {
  readonly kind: 'req' | 'sig';
  readonly service: string;
  readonly what: string;
  readonly takes: number;
  readonly timeout: number;
  readonly fails?: boolean;
  readonly asks?: string;
  readonly idempotent?: boolean;
  readonly idempotencyKey?: string;
  readonly key?: string;
  readonly only?: Life;
  /** Given up after this long, ms. */
  readonly cancelAfter?: number;
  readonly calm?: boolean;
}

/** Bytes that may wait for one recipient: few, so that a slow subscriber loses events. */
const BUDGET = 4096;

/** One start of one process, from its beginning to its end. */
export class Life implements Notebook, Observed {
  readonly id: string;
  readonly clock: HostClock;
  readonly app: Application;
  private readonly transport: Transport;
  private listening = false;

  constructor(
    readonly world: Surroundings,
    readonly host: HostPlan,
    /** `name.number`. */
    readonly name: string,
    dice: Dice,
  ) {
    this.id = dice.hex(32);
    this.clock = new HostClock(world.clock, dice.between(0, 1e6));
    const { clock, id } = this;
    const { random } = dice;
    const logger = lifeLogger(this, () => this.app.status().peers);
    const options = resolveOptions(
      {
        port: host.port,
        eventsPort: host.port + 1,
        shutdownSignals: false,
        surviveRejections: false,
        logger,
        events: {
          onGap: ({ instance, topic, count = 0 }) =>
            this.note({
              type: 'gap',
              life: this.name,
              from: this.world.nameOf(instance),
              topic,
              missing: count,
            }),
        },
      },
      {},
    );
    const { environment, maxBody } = options;
    const fault = (error: unknown): void => this.broken('a listener threw', error);
    this.transport = watchTransport(
      this,
      new MemoryTransport(world.network, { instance: id, budget: BUDGET, maxBody, fault }, clock),
    );
    const registry = new SimRegistry(world.hub, environment, clock);
    const parts: NodeParts = {
      options,
      clock,
      random,
      logger,
      hostId: 'sim',
      instance: id,
      createTransport: () => this.transport,
      durableLog: undefined,
      createDiscovery: (self) =>
        createDiscovery({
          self,
          environment,
          host: 'sim',
          registry,
          multicast: 'off',
          clock,
          random,
          logger,
        }),
    };
    this.app = assemble(moduleOf(host.service, this), parts, new Map());
  }

  /** It listens, and neither stops nor is dead. */
  get isUp(): boolean {
    return this.listening && !this.clock.isDead;
  }

  note(entry: Note): void {
    if (!this.clock.isDead) this.world.note(entry);
  }

  broken(what: string, error?: unknown): void {
    this.note({
      type: 'broken',
      what: `${this.name}: ${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    });
  }

  async start(): Promise<void> {
    this.note({ type: 'fault', what: 'start', on: this.name });
    try {
      await this.app.listen();
      this.listening = true;
      this.note({ type: 'fault', what: 'ready', on: this.name });
    } catch (error) {
      this.broken('did not start', error);
    }
  }

  /** Leaves as a process does that was asked to. */
  async stop(): Promise<void> {
    this.listening = false;
    this.note({ type: 'fault', what: 'stop', on: this.name });
    try {
      await this.app.close();
      this.note({ type: 'fault', what: 'stopped', on: this.name });
    } catch (error) {
      this.broken('did not stop', error);
    }
  }

  /** Ends in the middle of what it does; its connections end as the system closes them. */
  async crash(): Promise<void> {
    this.note({ type: 'fault', what: 'crash', on: this.name });
    this.listening = false;
    this.clock.kill();
    await this.transport.close();
  }

  freeze(): void {
    this.note({ type: 'fault', what: 'freeze', on: this.name });
    this.clock.freeze();
    this.world.network.freeze(this.id);
  }

  thaw(): void {
    if (!this.clock.isFrozen) return;
    this.note({ type: 'fault', what: 'thaw', on: this.name });
    this.world.network.thaw(this.id);
    for (const happen of this.clock.thaw()) this.world.clock.after(0, () => this.clock.run(happen));
  }

  /** Makes a call and notes what becomes of it. */
  async ask(
    { kind, service, what, cancelAfter, only, calm = false, ...ask }: Ask,
    most = Infinity,
  ): Promise<void> {
    const { client } = this.app;
    const call = this.world.nextId();
    const { idempotencyKey, key } = ask;
    const timeout = Math.min(ask.timeout, most);
    const work: Work = {
      call,
      takes: ask.takes,
      ...(ask.fails === true ? { fails: true } : {}),
      ...(ask.asks === undefined ? {} : { asks: ask.asks }),
    };
    this.note({
      type: 'call',
      call,
      by: this.name,
      kind,
      service,
      what,
      deadline: this.world.clock.now() + timeout,
      idempotent: what === 'repeatable' || ask.idempotent === true,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(key === undefined ? {} : { key }),
      ...(only === undefined ? {} : { only: only.name }),
      ...(cancelAfter === undefined ? {} : { cancels: true }),
      calm,
    });
    const cancel = new AbortController();
    const timer = cancelAfter === undefined ? undefined : this.clock.after(cancelAfter, () => cancel.abort());
    try {
      const answer =
        kind === 'sig'
          ? await client.signal(service, what, work, { timeout })
          : await client.request<{ exec: number }>(service, what, work, {
              timeout,
              ...(cancelAfter === undefined ? {} : { signal: cancel.signal }),
              ...(ask.idempotent === undefined ? {} : { idempotent: ask.idempotent }),
              ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
              ...(key === undefined ? {} : { key }),
              ...(only === undefined ? {} : { instance: only.id }),
            });
      const by = 'exec' in answer ? { exec: answer.exec } : { from: this.world.nameOf(answer.instance) };
      this.note({ type: 'settled', call, outcome: 'OK', ...by });
    } catch (error) {
      const { outcome = 'none', code } = AtomError.from(error);
      this.note({ type: 'settled', call, outcome, code });
    }
    timer?.cancel();
  }

  publish(topic: string, delivery: 'group' | 'broadcast', takes: number, calm = false, padding = ''): void {
    const event = this.world.nextId();
    this.note({ type: 'publish', event, by: this.name, topic, delivery, calm });
    this.app.client.publish(topic, { event, takes, padding }).then(
      ({ instances, dropped }) => this.note({ type: 'receipt', event, instances, dropped }),
      () => this.note({ type: 'receipt', event, instances: -1, dropped: 0 }),
    );
  }

  work(work: Work, context: MessageContext): unknown {
    const exec = this.world.nextId();
    const { call } = work;
    const slack = this.world.slack(context.caller.instance, this.id);
    const left = context.kind === 'signal' ? Infinity : context.remaining();
    this.note({ type: 'begin', exec, call, life: this.name, left: left === Infinity ? -1 : left, slack });
    const end = (): { exec: number } => {
      this.note({ type: 'end', exec, cut: (context as InboundContext).cancelReason !== undefined });
      if (work.fails === true) throw new Error('asked to fail');
      return { exec };
    };
    if (work.takes === 0 && work.asks === undefined) return end();
    return this.workOn(work, context).then(end);
  }

  heard({ event, takes }: News, context: MessageContext): unknown {
    const { service } = context;
    this.note({ type: 'handle', event, life: this.name, service });
    const end = (): void => this.note({ type: 'handled', event, life: this.name, service });
    return takes === 0 ? end() : this.sleep(takes).then(end);
  }

  private async workOn({ takes, asks }: Work, context: MessageContext): Promise<void> {
    await this.sleep(takes);
    if (asks === undefined) return;
    const ask: Ask = { kind: 'req', service: asks, what: 'plain', takes: 1, timeout: 1000 };
    await this.ask(ask, context.remaining());
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(ms, resolve));
  }
}
