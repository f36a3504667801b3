import { createServer, type AddressInfo } from 'node:net';

/**
 * A TCP port that nobody uses now, below the range from which the system gives out ports: for who must find it free
 * again later. So is the one that is 10,000 higher, by which the nodes of a Redis Cluster talk.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 7_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port === port));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
