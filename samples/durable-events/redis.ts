import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:net';

export interface OwnRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** The Redis that ATOM_REDIS_URL names, or one of the sample's own, with an append-only file. */
export async function startRedis(): Promise<OwnRedis> {
  const given = process.env.ATOM_REDIS_URL;
  if (given !== undefined && given !== '') return { url: given, stop: async () => undefined };
  const [port, folder] = await Promise.all([freePort(), mkdtemp(join(tmpdir(), 'atom-sample-'))]);
  const args = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'yes',
  ];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  const ended = new Promise<Error | undefined>((resolve) => {
    server.once('error', resolve);
    server.once('exit', () => resolve(undefined));
  });
  let isOver = false;
  void ended.then(() => (isOver = true));
  while (!isOver && !(await answers(port))) await sleep(20);
  if (isOver) {
    await rm(folder, { recursive: true });
    throw new Error('redis-server did not start: install it, or set ATOM_REDIS_URL to a Redis that runs');
  }
  const stop = async (): Promise<void> => {
    server.kill();
    await ended;
    await rm(folder, { recursive: true });
  };
  return { url: `redis://127.0.0.1:${port}`, stop };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    socket.once('error', () => resolve(false));
  });
}
