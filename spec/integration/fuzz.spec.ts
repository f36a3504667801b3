import { expect } from 'chai';
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { Dealer } from 'zeromq';
import { AtomFactory } from 'atomjs';
import { decodeBatch } from '../../lib/wire/codec.js';
import { eventually } from '../support/eventually.js';
import { FuzzMessages } from '../support/fuzz-messages.js';
import type { FuzzTargetState } from '../support/fuzz-target.js';
import { seeded } from '../support/seeded.js';

const SCALE = Math.max(1, Number(process.env.ATOM_SPEC_SCALE ?? 1));
const MALFORMED = 50_000 * SCALE;
const MEGABYTE = 1024 * 1024;
/** One connection that sends 100 malformed messages is ignored; fewer, and each is decoded. */
const PER_CONNECTION = 90;
const CONNECTIONS = 8;
/** The PING that ends a connection's worth. */
const LAST = 424_242;

const PROGRAM = join(import.meta.dirname, '../support/fuzz-target.js');
const EXEC_ARGV = ['--expose-gc', '--max-semi-space-size=2'];

/** Calls, four at a time, until it is told to stop, and hears the event of each. */
async function callAllTheTime(
  seed: string,
): Promise<() => Promise<{ asked: number; failures: unknown[]; heard: number }>> {
  const client = await AtomFactory.createClient({
    logger: false,
    discovery: { multicast: 'off', seeds: [seed] },
  });
  await client.waitFor('@fuzz/target', { timeout: 5000 });
  let heard = 0;
  await client.subscribe('@fuzz/target|||fuzz.done', (event: { n?: unknown }) => {
    if (typeof event.n === 'string' && event.n.startsWith('true-')) heard++;
  });
  let asked = 0;
  let stopping = false;
  const failures: unknown[] = [];
  const call = async (): Promise<void> => {
    while (!stopping) {
      const n = `true-${asked++}`;
      await client.request('@fuzz/target', 'work', { n }).then(
        (answer) => answer === n || failures.push(answer),
        (error: unknown) => failures.push(error),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const calling = Promise.all([call(), call(), call(), call()]);
  return async () => {
    stopping = true;
    await calling;
    await eventually(() => heard >= asked).catch(() => undefined);
    await client.close();
    return { asked, failures, heard };
  };
}

describe('an application', function () {
  this.timeout(120_000 * SCALE);
  let target: ChildProcess;
  let exited: string | undefined;
  const stateOf = (): Promise<FuzzTargetState> =>
    new Promise((resolve, reject) => {
      if (exited !== undefined) reject(new Error(`the process has ended: ${exited}`));
      target.once('exit', (code, signal) => reject(new Error(`the process ended: ${signal ?? code}`)));
      target.once('message', (message) => resolve(message as FuzzTargetState));
    });
  const ask = (): Promise<FuzzTargetState> => {
    const answer = stateOf();
    target.send('state');
    return answer;
  };

  beforeEach(() => {
    exited = undefined;
    target = fork(PROGRAM, { execArgv: EXEC_ARGV });
    target.setMaxListeners(100);
    target.once('exit', (code, signal) => (exited = String(signal ?? code)));
  });
  afterEach(() => {
    target.kill('SIGKILL');
  });

  it(`takes ${MALFORMED} malformed messages, answers what is valid, and keeps its memory`, async () => {
    const seed = Number(process.env.ATOM_SPEC_SEED ?? Math.floor(Math.random() * 2 ** 32));
    console.log(`      seed ${seed} (ATOM_SPEC_SEED)`);
    const random = seeded(seed);
    const first = await stateOf();
    const messages = new FuzzMessages(random, first.instance);
    const stop = await callAllTheTime(first.endpoint);
    let malformed = 0;
    let decodable = 0;

    /** One connection's worth. */
    const attack = async (endpoint: string): Promise<void> => {
      const socket = new Dealer({ linger: 0 });
      const answered = (async () => {
        for await (const frames of socket) if (frames.at(-1)!.includes(`"pong","i":${LAST}`)) return;
      })();
      socket.connect(endpoint);
      const sender = Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256)));
      await socket.send(messages.hello(sender));
      for (let bad = 0; bad < PER_CONNECTION;) {
        const frames = messages.next(sender);
        if (frames.length === 0) continue;
        // One empty frame is what libzmq itself says when a peer goes.
        if (frames.length === 1 && frames[0]!.length === 0) continue;
        if (isDecodable(frames)) decodable++;
        else {
          malformed++;
          bad++;
        }
        await socket.send(frames);
      }
      // Who closes while answers are on their way resets the connection, and what he sent last is lost.
      await socket.send(messages.last(sender, LAST));
      await answered;
      socket.close();
    };
    const until = async (count: number): Promise<FuzzTargetState> => {
      while (malformed < count) {
        await Promise.all(
          Array.from({ length: CONNECTIONS }, (_, at) =>
            attack(at % 2 === 0 ? first.endpoint : first.eventsEndpoint),
          ),
        );
      }
      return eventually(
        async () => {
          const state = await ask();
          expect(state.malformed).to.equal(malformed);
          return state;
        },
        { every: 100 },
      );
    };

    const afterTenth = await until(MALFORMED / 10);
    const afterAll = await until(MALFORMED);
    const { asked, failures, heard } = await stop();
    const grown = (afterAll.memory - afterTenth.memory) / MEGABYTE;
    const figures =
      `${malformed} malformed, ${decodable} well-formed nonsense; ${asked} requests meanwhile, ` +
      `${failures.length} failed${failures.length > 0 ? ` (${String(failures[0])})` : ''}, ${heard} events; memory +${grown.toFixed(1)} MB`;
    console.log(`      ${figures}`);
    expect(failures, figures).to.be.empty;
    expect(asked, figures).to.be.above(100);
    expect(heard, figures).to.equal(asked);
    expect(grown, figures).to.be.below(16);
    expect(exited).to.equal(undefined);
  });
});

function isDecodable(frames: readonly Buffer[]): boolean {
  try {
    decodeBatch(frames);
    return true;
  } catch {
    return false;
  }
}
