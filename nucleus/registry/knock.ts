import { connect } from 'node:net';
import type { Clock } from '../clock.js';
import { splitEndpoint } from '../endpoint.js';

/** Resolves when something listens at `endpoint` (`tcp://host:port`); rejects when not, not within `ms`, or when aborted. */
export async function knock(endpoint: string, clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const at = splitEndpoint(endpoint);
  if (at === undefined)
    throw new TypeError(`'${endpoint}' is not an endpoint: write it as 'tcp://host:port'`);
  const socket = connect(at.port, at.host);
  socket.unref();
  const timer = clock.after(ms, () => socket.destroy(new Error(`nobody answers on ${endpoint}`)));
  const abandon = (): void => void socket.destroy(new Error('given up'));
  signal.addEventListener('abort', abandon, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ECONNREFUSED' ? new Error('nobody listens there') : error),
      );
    });
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', abandon);
    socket.destroy();
  }
}
