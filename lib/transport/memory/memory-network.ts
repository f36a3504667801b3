import type { Medium, MemoryLink } from './memory-link.js';

/** Somebody who listens in the network. */
export interface MemoryAcceptor {
  readonly endpoint: string;
  readonly instance: string;
  /** Makes this side's end of a connection. */
  accept(from: string): MemoryLink;
  close(): Promise<void>;
}

/** One who connects: its end, and where to. */
interface Dial {
  readonly link: MemoryLink;
  readonly endpoint: string;
}

/**
 * Runs a delivery from instance `from` to instance `to` later: a slow way takes its time. The order within a
 * connection is kept all the same. Of an attempt to connect, both are the one who connects.
 */
export type Schedule = (deliver: () => void, from: string, to: string) => void;

export interface MemoryNetworkOptions {
  /** Default: in a later turn of the event loop. */
  readonly schedule?: Schedule;
}

/** The first of the ports that are chosen when none is named. */
const FIRST_PORT = 49_152;

/**
 * The medium that the memory transports of one process share, with the faults that networks have.
 * Endpoints look as they do elsewhere (`tcp://127.0.0.1:0`); parties are named by the ids of their instances.
 */
export class MemoryNetwork implements Medium {
  private readonly acceptors = new Map<string, MemoryAcceptor>();
  private readonly links = new Set<MemoryLink>();
  private readonly dials = new Set<Dial>();
  private readonly apart = new Set<string>();
  private readonly frozen = new Set<string>();
  private nextPort = FIRST_PORT;
  readonly schedule: Schedule;

  constructor({ schedule = nextTurn }: MemoryNetworkOptions = {}) {
    this.schedule = schedule;
  }

  /** Nothing passes between `a` and `b`; both lose their connections after 5 s, unless healed before. */
  partition(a: string, b: string): void {
    this.apart.add(way(a, b)).add(way(b, a));
    this.changed();
  }

  /** Nothing passes from `from` to `to`, though it does the other way round: whoever hears nothing ends the connection. */
  block(from: string, to: string): void {
    this.apart.add(way(from, to));
    this.changed();
  }

  /** Ends what keeps `a` and `b` apart, or everybody. */
  heal(a?: string, b?: string): void {
    if (a === undefined || b === undefined) this.apart.clear();
    else for (const blocked of [way(a, b), way(b, a)]) this.apart.delete(blocked);
    this.changed();
  }

  /** Cuts an instance off from everybody, as SIGSTOP does: what is sent to it waits, at most 5 s. */
  freeze(instance: string): void {
    this.frozen.add(instance);
    this.changed();
  }

  thaw(instance: string): void {
    this.frozen.delete(instance);
    this.changed();
  }

  /** Breaks the connections of `a`, or those between `a` and `b`: what is under way is lost. They may connect again. */
  cut(a: string, b?: string): void {
    for (const link of [...this.links]) {
      const { instance, peer } = link;
      const meant =
        instance === a ? b === undefined || peer === b : peer === a && (b === undefined || instance === b);
      if (meant) link.drop('disconnected');
    }
  }

  /** Ends what an instance has in the network, without a word and for good, as `kill -9` does. */
  async kill(instance: string): Promise<void> {
    this.cut(instance);
    this.freeze(instance);
    for (const acceptor of [...this.acceptors.values()]) {
      if (acceptor.instance === instance) await acceptor.close();
    }
  }

  /** How many ends of connections there are: 0 proves that nothing was left behind. */
  get size(): number {
    return this.links.size + this.acceptors.size;
  }

  /** Whether messages pass from `a` to `b` now. */
  connects(a: string, b: string): boolean {
    return !this.frozen.has(a) && !this.frozen.has(b) && !this.apart.has(way(a, b));
  }

  /** The endpoint that `wanted` stands for. @throws Error with code `EADDRINUSE` when somebody has it */
  reserve(wanted: string): string {
    const [host, port] = split(wanted);
    if (port === '0') {
      for (;;) {
        const endpoint = `${host}:${this.nextPort++}`;
        if (this.find(endpoint) === undefined) return endpoint;
      }
    }
    if (this.find(wanted) !== undefined) {
      throw Object.assign(new Error(`EADDRINUSE: somebody listens on ${wanted} already`), {
        code: 'EADDRINUSE',
      });
    }
    return wanted;
  }

  listen(acceptor: MemoryAcceptor): void {
    this.acceptors.set(acceptor.endpoint, acceptor);
  }

  unlisten(acceptor: MemoryAcceptor): void {
    const { endpoint } = acceptor;
    if (this.acceptors.get(endpoint) === acceptor) this.acceptors.delete(endpoint);
  }

  /** Connects `link`, in a later turn; while the way is blocked, when it is free again. */
  dial(link: MemoryLink, endpoint: string): void {
    this.links.add(link);
    const dial = { link, endpoint };
    this.dials.add(dial);
    this.scheduleAttempt(dial);
  }

  leave(link: MemoryLink): void {
    this.links.delete(link);
    for (const dial of this.dials) if (dial.link === link) this.dials.delete(dial);
  }

  private scheduleAttempt(dial: Dial): void {
    const { instance } = dial.link;
    this.schedule(() => this.attempt(dial), instance, instance);
  }

  private attempt(dial: Dial): void {
    const { link, endpoint } = dial;
    if (!this.dials.has(dial)) return;
    const acceptor = this.find(endpoint);
    if (acceptor === undefined) {
      link.refuse();
      return;
    }
    const { instance } = acceptor;
    if (!this.connects(link.instance, instance) || !this.connects(instance, link.instance)) return;
    this.dials.delete(dial);
    const accepted = acceptor.accept(link.instance);
    this.links.add(accepted);
    link.join(accepted);
  }

  private changed(): void {
    for (const link of [...this.links]) link.wayChanged();
    for (const dial of [...this.dials]) this.scheduleAttempt(dial);
  }

  private find(endpoint: string): MemoryAcceptor | undefined {
    const [, port] = split(endpoint);
    const exact = this.acceptors.get(endpoint);
    if (exact !== undefined || port === undefined) return exact;
    return this.acceptors.get(`tcp://0.0.0.0:${port}`) ?? this.acceptors.get(`tcp://[::]:${port}`);
  }
}

function way(from: string, to: string): string {
  return `${from} ${to}`;
}

function nextTurn(deliver: () => void): void {
  setImmediate(deliver);
}

function split(endpoint: string): [host: string, port: string | undefined] {
  const match = /^(tcp:\/\/.+):(\d+)$/.exec(endpoint);
  return match === null ? [endpoint, undefined] : [match[1]!, match[2]];
}
