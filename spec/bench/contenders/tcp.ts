import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Contender } from '../contender.js';
import { answer, type Body } from '../workload.js';

type Envelope = [id: number, body: Body];

/** Gathers the lines of one tick and writes them at once. */
class Lines {
  private text = '';

  constructor(private readonly write: (text: string) => void) {}

  push(value: unknown): void {
    if (this.text === '') setImmediate(() => this.flush());
    this.text += JSON.stringify(value) + '\n';
    if (this.text.length > 65_536) this.flush();
  }

  private flush(): void {
    if (this.text === '') return;
    this.write(this.text);
    this.text = '';
  }
}

function onLines(socket: Socket, take: (value: unknown) => void): void {
  let rest = '';
  socket.setNoDelay(true).setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(JSON.parse(line));
  });
  socket.on('error', () => socket.destroy());
}

async function listen(onSocket: (socket: Socket) => void): Promise<string[]> {
  const server = createServer(onSocket);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return [String((server.address() as AddressInfo).port)];
}

async function dial(port: string | undefined): Promise<Socket> {
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** The floor without zeromq: a line of JSON for each message, one write for what a tick queued. */
export const contender: Contender = {
  title: 'raw TCP, coalesced writes',
  requests: {
    async serve() {
      const endpoints = await listen((socket) => {
        const lines = new Lines((text) => socket.write(text));
        onLines(socket, (value) => {
          const [id, body] = value as Envelope;
          lines.push([id, answer(body)]);
        });
      });
      return { endpoints };
    },
    async connect([port]) {
      const socket = await dial(port);
      const pending = new Map<number, (error: unknown, answer: unknown) => void>();
      const lines = new Lines((text) => socket.write(text));
      let last = 0;
      onLines(socket, (value) => {
        const [id, body] = value as Envelope;
        const done = pending.get(id);
        pending.delete(id);
        done?.(undefined, body);
      });
      return {
        request(body, done) {
          const id = ++last;
          pending.set(id, done);
          lines.push([id, body]);
        },
      };
    },
  },
  events: {
    async publisher() {
      const sockets = new Set<Socket>();
      const endpoints = await listen((socket) => {
        sockets.add(socket.setNoDelay(true));
        socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
      });
      const lines = new Lines((text) => {
        const bytes = Buffer.from(text);
        for (const socket of sockets) socket.write(bytes);
      });
      return { endpoints, publish: (event) => lines.push(event) };
    },
    async subscribe([port], onEvent) {
      onLines(await dial(port), onEvent);
    },
  },
};
