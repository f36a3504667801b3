import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { bounded } from '../../bounded.js';
import { createApp } from './create-app.js';
import { EventStreams } from './event-streams.js';
import type { HttpOptions } from './http-options.js';

export interface Http {
  readonly port: number;
  /** Ends every event stream at once, lets requests that are under way finish for a second, and closes the port. */
  close(): Promise<void>;
}

/** Serves `http-api.ts` and the page. Rejects, naming the port and its mend, when it is taken. */
export async function startHttp(options: HttpOptions): Promise<Http> {
  const { clock, model, history } = options;
  const { startedAt } = options.health();
  const streams = new EventStreams({ clock, model, history, startedAt });
  const app = createApp(options, streams);
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    void listener(request, response);
  });
  server.maxConnections = MAX_CONNECTIONS;
  try {
    await listen(server, options.port, options.bind ?? '127.0.0.1');
  } catch (error) {
    streams.close();
    throw error;
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      streams.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if (!(await bounded(clock, CLOSE_MS, closed))) server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number, bind: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `Port ${port} on ${bind} is taken: does a nucleus run already? Stop what listens there, or give another HTTP port`;
      reject(
        error.code === 'EADDRINUSE'
          ? Object.assign(new Error(taken, { cause: error }), { code: error.code })
          : error,
      );
    });
    server.listen(port, bind, resolve);
  });
}

const MAX_CONNECTIONS = 512;
const CLOSE_MS = 1000;
