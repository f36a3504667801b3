import { Dealer, type Router } from 'zeromq';
import { NotifyingRouter, ONE_LIFE, prepareZeromq } from '../../../nucleus/zeromq.js';
import type { LinkHost } from '../link-host.js';
import { MAX_BATCH_BYTES } from '../outbox.js';

/** libzmq counts messages: this many full batches are a quarter of the budget; the outbox holds the rest. */
const highWaterMark = (budget: number): number => Math.max(2, Math.ceil(budget / 4 / MAX_BATCH_BYTES));

/** Name resolution, TCP connect and ZMTP handshake together, ms. */
export const CONNECT_TIMEOUT = 2000;

/** How long a closed socket goes on sending what it had taken, ms: the goodbye is the last message. */
export const LINGER = 500;

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

/** A socket that others connect to. */
export function makeRouter(host: LinkHost, endpoint: string): Router {
  return new NotifyingRouter(common(host, endpoint));
}

/** One outgoing connection. */
export function makeDealer(host: LinkHost, endpoint: string): Dealer {
  prepareZeromq();
  return new Dealer({ ...common(host, endpoint), ...ONE_LIFE, connectTimeout: CONNECT_TIMEOUT });
}
