import type { Clock, Random } from '../clock.js';
import type { SourceStatus } from '../discovery.js';
import type { InstanceRecord } from '../instance-record.js';
import type { Logger } from '../logger.js';
import { NucleusLink } from './nucleus-link.js';
import type { NucleusMessage } from './nucleus-layout.js';
import { LEASE_MS, type RegistryChange } from './redis-layout.js';
import type { Registry, RegistryListener } from './registry.js';
import { Rest } from './rest.js';

export interface NucleusRegistryOptions {
  readonly environment: string;
  /** `tcp://host:port` of the nucleus. */
  readonly endpoint: string;
  /** False: that there is none is nothing to speak of. Default: true. */
  readonly expected?: boolean | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * The registry that a nucleus serves, see `nucleus/PROTOCOL.md`. It works in sessions, as the one in Redis:
 * knock, connect, put the own records, learn all that there is, then renew and hear of changes. Any trouble
 * ends the session, and the next one begins 50 ms to 2 s later, for ever. A nucleus that comes back empty is
 * filled again by those who use it; what it does not know yet is no information.
 */
export class NucleusRegistry implements Registry {
  private readonly own = new Map<string, InstanceRecord>();
  /** Ids that were ever put here: nothing is told about them. */
  private readonly mine = new Set<string>();
  private readonly known = new Map<string, InstanceRecord>();
  /** Known from an earlier session, and not told of in this one. */
  private readonly unconfirmed = new Set<string>();
  private listener: RegistryListener | undefined;
  private link: NucleusLink | undefined;
  private running: Promise<void> | undefined;
  private readonly rest: Rest;
  private state: SourceStatus['state'] = 'off';
  private problem = '';

  constructor(private readonly options: NucleusRegistryOptions) {
    this.rest = new Rest(options.clock, options.random);
  }

  open(listener: RegistryListener): void {
    if (this.listener !== undefined) return;
    this.listener = listener;
    this.state = 'connecting';
    this.running = this.run();
  }

  put(record: InstanceRecord): void {
    this.own.set(record.id, record);
    this.mine.add(record.id);
    this.link?.say({ do: 'put', record });
  }

  async remove(instance: string): Promise<void> {
    if (!this.own.delete(instance) || this.link === undefined) return;
    this.link.say({ do: 'gone', env: this.options.environment, id: instance });
    await this.link.settled(REMOVE_MS);
  }

  async close(): Promise<void> {
    this.listener = undefined;
    this.state = 'off';
    this.rest.end();
    this.link?.end('closed');
    await this.running;
  }

  status(): SourceStatus {
    const { endpoint } = this.options;
    const detail = this.problem === '' ? endpoint : `${endpoint}; ${this.problem}`;
    return { name: 'nucleus', state: this.state, detail };
  }

  private async run(): Promise<void> {
    const { endpoint, clock } = this.options;
    while (this.listener !== undefined) {
      const link = new NucleusLink(endpoint, clock, (message) => this.heard(link, message));
      this.link = link;
      try {
        await this.session(link);
      } catch (error) {
        this.noteDown(error);
      }
      link.end('over');
      this.link = undefined;
      if (this.listener !== undefined) await this.rest.take();
    }
  }

  private async session(link: NucleusLink): Promise<void> {
    const { clock, random, environment } = this.options;
    await link.open();
    for (const id of this.known.keys()) this.unconfirmed.add(id);
    for (const record of this.own.values()) link.say({ do: 'put', record });
    link.say({ do: 'watch', env: environment });
    await link.whole;
    this.noteUp();
    const jittered = (ms: number): number => clock.now() + ms * (0.8 + 0.4 * random());
    // By then every owner who is there has put its record again.
    const confirmed = clock.now() + LEASE_MS;
    let renewAt = jittered(RENEW_MS);
    let lookAt = jittered(LOOK_MS);
    while (this.listener !== undefined) {
      await link.wait(Math.max(0, Math.min(renewAt, lookAt) - clock.now()));
      const now = clock.now();
      if (now >= renewAt) {
        for (const record of this.own.values()) link.say({ do: 'put', record });
        link.ask();
        renewAt = jittered(RENEW_MS);
      }
      if (now >= lookAt) {
        this.look(now >= confirmed);
        lookAt = jittered(LOOK_MS);
      }
    }
  }

  /** What the nucleus holds speaks for the instances again and again, as a look into Redis does. */
  private look(confirmed: boolean): void {
    if (confirmed) {
      for (const id of this.unconfirmed) this.lose(id);
      this.unconfirmed.clear();
    }
    for (const record of this.known.values()) {
      if (!this.unconfirmed.has(record.id)) this.listener?.found(record);
    }
  }

  private heard(link: NucleusLink, message: NucleusMessage): void {
    if (link !== this.link || message.is === 'pong') return;
    for (const change of message.changes) this.take(change);
  }

  private take(change: RegistryChange): void {
    if ('put' in change) {
      const record = change.put;
      if (this.mine.has(record.id) || record.environment !== this.options.environment) return;
      this.unconfirmed.delete(record.id);
      const known = this.known.get(record.id);
      if (known !== undefined && known.revision > record.revision) return;
      this.known.set(record.id, record);
      this.listener?.found(record);
    } else if ('gone' in change) {
      if (this.mine.has(change.gone)) return;
      this.known.delete(change.gone);
      this.unconfirmed.delete(change.gone);
      this.listener?.left(change.gone);
    } else if (!this.mine.has(change.lost)) {
      this.unconfirmed.delete(change.lost);
      this.lose(change.lost);
    }
  }

  private lose(instance: string): void {
    if (this.known.delete(instance)) this.listener?.lost(instance);
  }

  private noteUp(): void {
    const { endpoint, logger } = this.options;
    if (this.listener === undefined) return;
    if (this.state !== 'up') logger.info({ nucleus: endpoint }, 'the nucleus is there');
    this.state = 'up';
    this.problem = '';
    this.rest.reset();
  }

  private noteDown(error: unknown): void {
    if (this.listener === undefined) return;
    const { endpoint, logger, expected = true } = this.options;
    this.problem = error instanceof Error ? error.message : String(error);
    const before = this.state;
    // One that was never there is normal; one that was, and has gone, is worth a line.
    this.state = expected || before === 'up' || before === 'down' ? 'down' : 'off';
    if (before === 'down' || this.state === 'off') return;
    logger.warn(
      { nucleus: endpoint, reason: this.problem },
      'the nucleus is away: going on with what is known, and trying again',
    );
  }
}

const RENEW_MS = LEASE_MS / 3;
const LOOK_MS = 5000;
const REMOVE_MS = 800;
