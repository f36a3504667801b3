import type { Clock, Timer } from '../clock.js';
import { isLoopbackHost, isWildcardHost, joinEndpoint, splitEndpoint } from '../endpoint.js';
import type { Logger } from '../logger.js';
import {
  decodeClient,
  encodeNucleus,
  type ClientMessage,
  type NucleusMessage,
} from '../registry/nucleus-layout.js';
import { listenNucleus, type NucleusServerSocket } from '../registry/nucleus-sockets.js';
import type { RegistryChange } from '../registry/redis-layout.js';
import type { EnvironmentStore } from './environment-store.js';
import { Outboxes } from './outboxes.js';

export interface RegistryServerParts {
  /** What the socket listens on, see `open`. */
  readonly bind: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Allows an interface other than loopback without encryption. Default: false. */
  readonly insecure?: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The store of an environment, opened; undefined when there are too many. */
  readonly store: (environment: string) => EnvironmentStore | undefined;
  /** The same, but none is made. */
  readonly present: (environment: string) => EnvironmentStore | undefined;
}

/** One client that has spoken. */
interface Session {
  heardAt: number;
  environment?: string;
  /** What it has not been told yet of what there was when its watch began. */
  pages?: Iterator<NucleusMessage>;
}

/** Those who hear of one environment's changes, and what they are told together next. */
interface Audience {
  readonly peers: Set<string>;
  readonly unwatch: () => void;
  pending: RegistryChange[];
  timer?: Timer | undefined;
}

/**
 * Serves the registry over a ROUTER, see `nucleus/PROTOCOL.md`. Whatever comes in is checked; what is malformed
 * is counted and dropped, and nothing here grows with what one client sends or does not read.
 */
export class RegistryServer {
  private socket: NucleusServerSocket | undefined;
  private readonly sessions = new Map<string, Session>();
  private readonly audiences = new Map<string, Audience>();
  private readonly outboxes: Outboxes;
  private sweeper: Timer | undefined;
  private malformedCount = 0;

  constructor(private readonly parts: RegistryServerParts) {
    if (parts.insecure !== true && !isLoopbackHost(parts.bind)) {
      throw new TypeError(
        `the registry would listen on ${parts.bind}, where any machine that reaches it can read and change it ` +
          "unencrypted; bind to 127.0.0.1, or say '--insecure' (option 'insecure: true') on a network that you trust",
      );
    }
    this.outboxes = new Outboxes({
      clock: parts.clock,
      send: (peer, text) => this.socket?.send(peer, text) ?? Promise.resolve('gone'),
      cut: (peer, why) => {
        if (why === 'slow') parts.logger.warn({}, 'a client of the registry does not read: it is cut off');
        this.forget(peer);
      },
    });
  }

  /** Where it listens, `tcp://host:port`; empty before `open`. */
  get endpoint(): string {
    return this.socket?.endpoint ?? '';
  }

  get clients(): number {
    return this.sessions.size;
  }

  /** Messages that were dropped because they were none. */
  get malformed(): number {
    return this.malformedCount;
  }

  /**
   * Listens on the address that it is given, and on the loopback as well where that is another: services of the
   * same host look for it there.
   * @throws Error with the system's code, naming address and mend, when it cannot be bound
   */
  async open(): Promise<void> {
    const { bind, port } = this.parts;
    const endpoint =
      port === 0 ? `tcp://${bind.includes(':') ? `[${bind}]` : bind}:*` : joinEndpoint(bind, port);
    const socket = await binding(
      bind,
      port,
      listenNucleus(endpoint, {
        heard: (peer, text) => this.heard(peer, text),
        left: (peer) => this.forget(peer),
        malformed: () => void this.malformedCount++,
      }),
    );
    this.socket = socket;
    const bound = splitEndpoint(socket.endpoint);
    if (bound !== undefined && !isLoopbackHost(bound.host) && !isWildcardHost(bound.host)) {
      try {
        await binding(LOOPBACK, bound.port, socket.also(joinEndpoint(LOOPBACK, bound.port)));
      } catch (error) {
        this.close();
        throw error;
      }
    }
    this.sweepLater();
  }

  close(): void {
    this.sweeper?.cancel();
    for (const { unwatch, timer } of this.audiences.values()) {
      unwatch();
      timer?.cancel();
    }
    this.outboxes.close();
    this.sessions.clear();
    this.audiences.clear();
    this.socket?.close();
    this.socket = undefined;
  }

  private heard(peer: string, text: string): void {
    const message = decodeClient(text);
    if (message === undefined) {
      this.malformedCount++;
      return;
    }
    let session = this.sessions.get(peer);
    if (session === undefined) {
      if (this.sessions.size >= MAX_CLIENTS) return;
      this.sessions.set(peer, (session = { heardAt: 0 }));
    }
    session.heardAt = this.parts.clock.now();
    this.take(peer, session, message);
  }

  private take(peer: string, session: Session, message: ClientMessage): void {
    switch (message.do) {
      case 'watch':
        return this.watch(peer, session, message.env);
      case 'more':
        return this.page(peer, session);
      case 'ping':
        return this.say(peer, { is: 'pong', watching: session.environment !== undefined });
      case 'put':
        this.parts.store(message.record.environment)?.put(message.record);
        return;
      case 'gone':
        this.parts.present(message.env)?.depart(message.id);
    }
  }

  private watch(peer: string, session: Session, environment: string): void {
    const store = this.parts.store(environment);
    if (store === undefined) return;
    this.leave(peer, session);
    session.environment = environment;
    let audience = this.audiences.get(environment);
    if (audience === undefined) {
      const unwatch = store.watch((change) => this.changed(environment, change));
      this.audiences.set(environment, (audience = { peers: new Set(), unwatch, pending: [] }));
    }
    audience.peers.add(peer);
    session.pages = pagesOf(store);
    this.page(peer, session);
  }

  private page(peer: string, session: Session): void {
    const page = session.pages?.next();
    if (page === undefined || page.done === true) delete session.pages;
    else this.say(peer, page.value);
  }

  /** Changes that come close together are told together: a thousand watchers times a thousand starts are many. */
  private changed(environment: string, change: RegistryChange): void {
    const audience = this.audiences.get(environment);
    if (audience === undefined) return;
    audience.pending.push(change);
    const wait = Math.min(MAX_GATHER_MS, audience.peers.size * GATHER_MS_EACH);
    audience.timer ??= this.parts.clock.after(wait, () => {
      audience.timer = undefined;
      const pending = audience.pending;
      audience.pending = [];
      for (const changes of pagesFrom(pending)) {
        const text = encodeNucleus({ is: 'told', changes });
        for (const peer of audience.peers) this.outboxes.push(peer, text);
      }
    });
  }

  private say(peer: string, message: NucleusMessage): void {
    this.outboxes.push(peer, encodeNucleus(message));
  }

  private forget(peer: string): void {
    const session = this.sessions.get(peer);
    if (session === undefined) return;
    this.sessions.delete(peer);
    this.outboxes.drop(peer);
    this.leave(peer, session);
  }

  private leave(peer: string, session: Session): void {
    const { environment } = session;
    if (environment === undefined) return;
    delete session.environment;
    delete session.pages;
    const audience = this.audiences.get(environment);
    audience?.peers.delete(peer);
    if (audience === undefined || audience.peers.size > 0) return;
    audience.unwatch();
    audience.timer?.cancel();
    this.audiences.delete(environment);
  }

  private sweepLater(): void {
    const { clock } = this.parts;
    const before = clock.now();
    this.sweeper = clock.after(SWEEP_MS, () => {
      const now = clock.now();
      // After a freeze of this process nobody is counted as silent.
      if (now - before < 2 * SWEEP_MS) {
        for (const [peer, { heardAt }] of [...this.sessions])
          if (now - heardAt > SILENCE_MS) this.forget(peer);
      }
      this.sweepLater();
    });
  }
}

/** Names the address and the mend when it fails. */
async function binding<T>(address: string, port: number, bound: Promise<T>): Promise<T> {
  try {
    return await bound;
  } catch (cause) {
    const { code = 'Error' } = cause as NodeJS.ErrnoException;
    const mend =
      code === 'EADDRINUSE'
        ? 'another process has it, perhaps a nucleus; stop that, or give another port (--port)'
        : 'give an address of this machine (--bind)';
    throw Object.assign(
      new Error(`${code}: the registry cannot listen on ${address}:${port}: ${mend}`, { cause }),
      {
        code,
      },
    );
  }
}

function* pagesOf(store: EnvironmentStore): IterableIterator<NucleusMessage> {
  let page: RegistryChange[] | undefined;
  for (const next of pagesFrom(puts(store))) {
    if (page !== undefined) yield { is: 'page', changes: page, more: true };
    page = next;
  }
  yield { is: 'page', changes: page ?? [], more: false };
}

function* puts(store: EnvironmentStore): IterableIterator<RegistryChange> {
  for (const put of store.records()) yield { put };
}

/** Cuts changes into messages that are not too large. */
function* pagesFrom(changes: Iterable<RegistryChange>): IterableIterator<RegistryChange[]> {
  let page: RegistryChange[] = [];
  let bytes = 0;
  for (const change of changes) {
    const size = 'put' in change ? JSON.stringify(change.put).length : 64;
    if (page.length > 0 && bytes + size > PAGE_BYTES) {
      yield page;
      page = [];
      bytes = 0;
    }
    page.push(change);
    bytes += size;
  }
  if (page.length > 0) yield page;
}

const LOOPBACK = '127.0.0.1';
const PAGE_BYTES = 64 * 1024;
const MAX_CLIENTS = 10_000;
const SWEEP_MS = 5000;
/** A client says something every few seconds. */
const SILENCE_MS = 20_000;
const GATHER_MS_EACH = 0.05;
const MAX_GATHER_MS = 100;
