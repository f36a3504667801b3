import { createSocket, type Socket } from 'node:dgram';
import type { Clock, Timer } from '../clock.js';
import type { SourceStatus } from '../discovery.js';
import type { Logger } from '../logger.js';
import type { Beacon, BeaconListener, BeaconMessage } from './beacon.js';
import { decodeDatagram, encodeDatagram } from './datagram.js';
import { multicastInterfaces } from './interfaces.js';

/** Where atomjs meets: 'A', 'T', 'M' as an administratively scoped group, and ATOM on a telephone's keys. */
export const DEFAULT_MULTICAST = { group: '239.65.84.77', port: 28660 } as const;

export interface MulticastBeaconOptions {
  /** IPv4 multicast group. Default: 239.65.84.77. */
  readonly group?: string;
  /** UDP port. Default: 28660. */
  readonly port?: number;
  /** What the application binds to; says which interfaces are used, see `multicastInterfaces`. */
  readonly bind: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * UDP multicast, one hop. One socket hears, bound to the group's address; one for each interface speaks,
 * because a socket can send through one interface only. Any failure closes all of them, and they are opened
 * again 1 s later, for ever.
 */
export class MulticastBeacon implements Beacon {
  private listener: BeaconListener | undefined;
  private sockets: Socket[] = [];
  private speakers: Socket[] = [];
  /** Until the next attempt when down, until the next look at the interfaces when up. */
  private timer: Timer | undefined;
  private state: SourceStatus['state'] = 'off';
  private problem = '';
  private malformed = 0;
  /** Counts openings and failures: an opening that was overtaken by either gives up. */
  private attempt = 0;
  private readonly group: string;
  private readonly port: number;

  constructor(private readonly options: MulticastBeaconOptions) {
    this.group = options.group ?? DEFAULT_MULTICAST.group;
    this.port = options.port ?? DEFAULT_MULTICAST.port;
  }

  open(listener: BeaconListener): void {
    this.listener = listener;
    this.state = 'connecting';
    void this.connect();
  }

  send(message: BeaconMessage): void {
    if (this.state !== 'up') return;
    const bytes = encodeDatagram(message);
    for (const speaker of this.speakers) {
      speaker.send(bytes, this.port, this.group, (error) => {
        if (error !== null && this.sockets.includes(speaker)) this.fail(error);
      });
    }
  }

  async close(): Promise<void> {
    this.listener = undefined;
    this.state = 'off';
    this.attempt++;
    this.timer?.cancel();
    await this.closeSockets();
  }

  status(): SourceStatus {
    const detail = [`${this.group}:${this.port} on ${this.options.bind}`];
    if (this.state === 'down') detail.push(this.problem);
    if (this.malformed > 0) detail.push(`${this.malformed} malformed datagrams ignored`);
    return { name: 'multicast', state: this.state, detail: detail.join('; ') };
  }

  private async connect(): Promise<void> {
    const attempt = ++this.attempt;
    try {
      const { bind } = this.options;
      const interfaces = multicastInterfaces(bind);
      const ear = this.socket();
      ear.on('message', (bytes) => this.receive(bytes));
      await bound(ear, this.port, this.group);
      const speakers: Socket[] = [];
      let problem: unknown = new Error('no IPv4 interface');
      for (const address of interfaces) {
        try {
          if (attempt !== this.attempt) return;
          ear.addMembership(this.group, address);
          speakers.push(await this.speaker(address));
        } catch (error) {
          if (address === bind) throw error; // what is asked for; it is tried again
          problem = error; // the others may work
        }
      }
      if (attempt !== this.attempt) return;
      if (speakers.length === 0) throw problem;
      this.speakers = speakers;
      this.watchInterfaces(interfaces.join());
    } catch (error) {
      if (attempt === this.attempt) this.fail(error);
      return;
    }
    if (this.state === 'down')
      this.options.logger.info({}, `multicast is back on ${this.group}:${this.port}`);
    this.state = 'up';
    this.listener?.up();
  }

  private async speaker(address: string): Promise<Socket> {
    const speaker = this.socket();
    await bound(speaker, 0, address);
    speaker.setMulticastInterface(address);
    speaker.setMulticastLoopback(true);
    speaker.setMulticastTTL(1);
    return speaker;
  }

  /** A network that is plugged in later counts too. */
  private watchInterfaces(before: string): void {
    this.timer?.cancel();
    this.timer = this.options.clock.after(INTERFACES_MS, () => {
      if (multicastInterfaces(this.options.bind).join() === before) return this.watchInterfaces(before);
      void this.closeSockets();
      void this.connect();
    });
  }

  private socket(): Socket {
    const socket = createSocket({ type: 'udp4', reuseAddr: true, recvBufferSize: 1024 * 1024 });
    socket.on('error', (error) => {
      if (this.sockets.includes(socket)) this.fail(error);
    });
    this.sockets.push(socket);
    return socket;
  }

  private receive(bytes: Uint8Array): void {
    const message = decodeDatagram(bytes);
    if (message !== undefined) return this.listener?.heard(message);
    this.malformed++;
    if (this.malformed === 1) {
      this.options.logger.warn(
        { group: this.group, port: this.port },
        'a datagram that is none of ours came in; it and its like are counted and ignored',
      );
    }
  }

  private fail(error: unknown): void {
    this.attempt++;
    void this.closeSockets();
    if (this.listener === undefined) return;
    this.problem = error instanceof Error ? error.message : String(error);
    if (this.state !== 'down') {
      this.state = 'down';
      this.options.logger.warn({}, `multicast is away, trying again (${this.status().detail})`);
    }
    this.timer?.cancel();
    this.timer = this.options.clock.after(RETRY_MS, () => void this.connect());
  }

  private async closeSockets(): Promise<void> {
    const sockets = this.sockets;
    this.sockets = [];
    this.speakers = [];
    await Promise.all(sockets.map(closed));
  }
}

const RETRY_MS = 1000;
const INTERFACES_MS = 10_000;

function bound(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed while opening')));
    socket.bind({ port, address, exclusive: false }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    try {
      socket.close();
    } catch {
      resolve(); // it was closed already
    }
  });
}
