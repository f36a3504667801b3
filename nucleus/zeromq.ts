import { context, type Dealer, Router, type SocketOptions } from 'zeromq';

/** libzmq's limit for one process; the default, 1,023, is too low for a large mesh. */
const MAX_SOCKETS = 65_535;

/** Before the first socket of the process: later it changes nothing. */
export function prepareZeromq(): void {
  if (context.maxSockets < MAX_SOCKETS) context.maxSockets = MAX_SOCKETS;
}

/** zmq.h: `ZMQ_ROUTER_NOTIFY`, and its value for disconnections. */
const ROUTER_NOTIFY = 97;
const NOTIFY_DISCONNECT = 2;

/**
 * How a lost link is noticed: by the kernel. ZMTP's heartbeats must stay off: in libzmq 4.3.5 a heartbeat that is due on
 * a connection which has ended while its receive queue was full aborts the process, so that any slow reader would die with
 * whoever it reads from (https://github.com/zeromq/libzmq/issues/4364, /4767); and so does a PING of the other
 * side that it comes upon there. Also, they reset the connection of a reader that is merely slow.
 */
const KEEPALIVE = {
  heartbeatInterval: 0,
  tcpKeepalive: 1,
  // Seconds.
  tcpKeepaliveIdle: 3,
  tcpKeepaliveInterval: 1,
  tcpKeepaliveCount: 3,
} as const;

/**
 * A ROUTER that says when a peer has disconnected: the peer's id and one empty frame. `mandatory`: a send to who has
 * gone fails instead of vanishing. `zapDomain`: peers of ZMTP 1.0, which any bytes may seem to be, are not let in.
 */
export class NotifyingRouter extends Router {
  constructor(options: SocketOptions<Router>) {
    prepareZeromq();
    super({ ...options, ...KEEPALIVE, mandatory: true, zapDomain: 'atom' });
    this.setInt32Option(ROUTER_NOTIFY, NOTIFY_DISCONNECT);
  }
}

/**
 * Of a DEALER for one life. `immediate`: nothing is queued for a peer that is not there. It says something now and
 * then: what the other's kernel has not acknowledged after 5 s ends the connection. (Not so on the listening side, which
 * may send much to one who reads slowly.)
 */
export const ONE_LIFE = {
  ...KEEPALIVE,
  immediate: true,
  reconnectInterval: -1,
  tcpMaxRetransmitTimeout: 5000,
} as const;

/**
 * Calls `lost` at each event that says that a socket's only connection is lost. With `ONE_LIFE` a refused connection
 * shows as `close`, an ended one as `disconnect`.
 */
export function onLoss({ events }: Dealer, lost: () => void): void {
  for (const loss of LOSSES) events.on(loss, lost);
}

const LOSSES = [
  'disconnect',
  'close',
  'connect:retry',
  'handshake:error:auth',
  'handshake:error:protocol',
  'handshake:error:other',
] as const;

/** The two refusals of a `send` that are no faults; anything else is. */
export function sendFailure(error: unknown): 'blocked' | 'gone' {
  return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 'blocked' : 'gone';
}
