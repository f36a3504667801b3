/**
 * How a lost link is noticed: by the kernel. ZMTP's heartbeats must stay off: in libzmq 4.3.5 a heartbeat that is due on
 * a connection which has ended while its receive queue was full aborts the process, so that any slow reader would die with
 * whoever it reads from (https://github.com/zeromq/libzmq/issues/4364, /4767). And they reset the
 * connection of a reader that is merely slow.
 */
const keepalive = {
  heartbeatInterval: 0,
  tcpKeepalive: 1,
  // Seconds.
  tcpKeepaliveIdle: 3,
  tcpKeepaliveInterval: 1,
  tcpKeepaliveCount: 3,
} as const;

/** Of the side that listens. It may send much to one who reads slowly: only silence of the other's kernel counts. */
export const LISTENING = keepalive;

/**
 * Of the side that connects, which says something now and then: what the other's kernel has not acknowledged after this long,
 * ms, ends the connection.
 */
export const CONNECTING = { ...keepalive, tcpMaxRetransmitTimeout: 5000 } as const;
