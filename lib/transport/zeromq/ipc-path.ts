import { connect } from 'node:net';

/**
 * Binding to the path of a Unix socket takes it from whoever listens there, without a word.
 * @throws Error with code `EADDRINUSE` when somebody does
 */
export async function checkIpcPath(endpoint: string): Promise<void> {
  if (!endpoint.startsWith('ipc://')) return;
  const taken = await new Promise<boolean>((resolve) => {
    const socket = connect(endpoint.slice('ipc://'.length), () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  if (taken) {
    throw Object.assign(new Error(`EADDRINUSE: somebody listens on ${endpoint} already`), {
      code: 'EADDRINUSE',
    });
  }
}
