import { context, Dealer, Router } from 'zeromq';
import { DEFAULT_BUDGET } from '../transport.js';

/** libzmq's limit for one process; the default, 1,023, is too low for a large mesh. Set before the first socket. */
const MAX_SOCKETS = 65_535;

/** A full batch is about this large: turns a byte budget into a high-water mark, which counts messages. */
const BATCH_BYTES = 64 * 1024;
/** libzmq holds at most this share of a budget itself; the outbox holds the rest. */
const HIGH_WATER_MARK = Math.ceil(DEFAULT_BUDGET / 4 / BATCH_BYTES);

/** TCP connect and ZMTP handshake, ms. */
const CONNECT_TIMEOUT = 2000;

let prepared = false;

function prepare(): void {
  if (prepared) return;
  prepared = true;
  context.maxSockets = MAX_SOCKETS;
}

/** How long a closed socket goes on sending what it had taken, ms: the goodbye is the last message. */
const LINGER = 500;

const common = (maxBody: number) => ({
  linger: LINGER,
  sendTimeout: 0,
  sendHighWaterMark: HIGH_WATER_MARK,
  receiveHighWaterMark: HIGH_WATER_MARK,
  // A batch is at most one body over its limit, which counts UTF-16 units; the rest is room for the envelope.
  maxMessageSize: maxBody + 4 * BATCH_BYTES,
  heartbeatInterval: 1000,
  heartbeatTimeout: 5000,
});

/** A socket that others connect to. `mandatory`: a send to who has gone fails instead of vanishing. */
export function makeRouter(maxBody: number): Router {
  prepare();
  return new Router({ ...common(maxBody), mandatory: true, ipv6: false });
}

/** One outgoing connection. `immediate`: nothing is queued for a peer that is not there. */
export function makeDealer(maxBody: number): Dealer {
  prepare();
  return new Dealer({
    ...common(maxBody),
    immediate: true,
    reconnectInterval: -1,
    connectTimeout: CONNECT_TIMEOUT,
  });
}

/** The two refusals of a `send` that are no faults; anything else is. */
export function sendFailure(error: unknown): 'blocked' | 'gone' {
  return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 'blocked' : 'gone';
}
