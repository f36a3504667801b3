import { connect } from 'node:net';
import type { Clock } from '../clock.js';

/**
 * Says one line to a Redis on loopback and gives the first line of its answer; with `password` it says who it is
 * first. Rejects when nobody answers within a second. What is asked for here needs no client library.
 */
export async function redisCommand(
  port: number,
  password: string,
  line: string,
  clock: Clock,
): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const timer = clock.after(ANSWER_MS, () => socket.destroy(new Error(`no answer on port ${port}`)));
  try {
    return await new Promise<string>((resolve, reject) => {
      let text = '';
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed')));
      socket.once('connect', () => socket.write(`AUTH ${password}\r\n${line}\r\n`));
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const [auth = '', answer, ...rest] = text.split('\r\n');
        if (auth.startsWith('-')) reject(new Error(auth));
        else if (answer !== undefined && rest.length > 0) resolve(answer);
      });
    });
  } finally {
    timer.cancel();
    socket.destroy();
  }
}

const ANSWER_MS = 1000;
