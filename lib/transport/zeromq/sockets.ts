import { context, Dealer, Router } from 'zeromq';
import { CONNECTING, LISTENING } from '../../../nucleus/registry/tcp-liveness.js';
import type { LinkHost } from '../link-host.js';
import { MAX_BATCH_BYTES } from '../outbox.js';

/** libzmq's limit for one process; the default, 1,023, is too low for a large mesh. Set before the first socket. */
const MAX_SOCKETS = 65_535;

/** libzmq counts messages: this many full batches are a quarter of the budget; the outbox holds the rest. */
const highWaterMark = (budget: number): number => Math.max(2, Math.ceil(budget / 4 / MAX_BATCH_BYTES));

/** Name resolution, TCP connect and ZMTP handshake together, ms. */
export const CONNECT_TIMEOUT = 2000;

/** How long a closed socket goes on sending what it had taken, ms: the goodbye is the last message. */
const LINGER = 500;

/** zmq.h: `ZMQ_ROUTER_NOTIFY`, and its value for disconnections. */
const ROUTER_NOTIFY = 97;
const NOTIFY_DISCONNECT = 2;

let prepared = false;

function prepare(): void {
  if (prepared) return;
  prepared = true;
  context.maxSockets = MAX_SOCKETS;
}

const common = ({ maxFrame, budget }: LinkHost, endpoint: string) => ({
  linger: LINGER,
  sendTimeout: 0,
  sendHighWaterMark: highWaterMark(budget),
  receiveHighWaterMark: highWaterMark(budget),
  maxMessageSize: maxFrame,
  handshakeInterval: CONNECT_TIMEOUT,
  // Only where it is asked for: an IPv4 address looks different on an IPv6 socket.
  ipv6: endpoint.includes('['),
});

/** A ROUTER that says when a peer has disconnected: the peer's id and one empty frame. */
class NotifyingRouter extends Router {
  notifyDisconnect(): this {
    this.setInt32Option(ROUTER_NOTIFY, NOTIFY_DISCONNECT);
    return this;
  }
}

/**
 * A socket that others connect to. `mandatory`: a send to who has gone fails instead of vanishing.
 * `zapDomain`: peers of ZMTP 1.0, which any bytes may seem to be, are not let in.
 */
export function makeRouter(host: LinkHost, endpoint: string): Router {
  prepare();
  const options = { ...common(host, endpoint), ...LISTENING, mandatory: true, zapDomain: 'atom' };
  return new NotifyingRouter(options).notifyDisconnect();
}

/** One outgoing connection. `immediate`: nothing is queued for a peer that is not there. */
export function makeDealer(host: LinkHost, endpoint: string): Dealer {
  prepare();
  return new Dealer({
    ...common(host, endpoint),
    ...CONNECTING,
    immediate: true,
    reconnectInterval: -1,
    connectTimeout: CONNECT_TIMEOUT,
  });
}

/** The two refusals of a `send` that are no faults; anything else is. */
export function sendFailure(error: unknown): 'blocked' | 'gone' {
  return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 'blocked' : 'gone';
}
