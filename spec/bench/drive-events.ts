import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises';
import type { Contender, Endpoints, Publisher } from './contender.js';
import { makeBody, type Body, type Size } from './workload.js';

/**
 * How far the publisher may be ahead of its slowest subscriber. The same for every contender, so that each
 * is measured at the rate that it delivers and not at the rate at which it can fill a buffer, and one that
 * drops what it cannot pass on shows a loss. Subscribers tell their counts over a TCP connection beside.
 */
const WINDOW = 8192;
/** Events published in one turn of the loop. */
const TURN = 256;
/** A subscriber tells its count each so many events. */
const TELL = 512;
/** No count moves for so long: what is missing by then is lost. */
const LOST_AFTER = 1000;

export interface EventPlan {
  readonly subscribers: number;
  readonly size: Size;
  readonly warmUpMs: number;
  readonly durationMs: number;
}

export interface EventFigures {
  /** Delivered to each subscriber, on average. */
  readonly perSecond: number;
  /** Share of what was published, 0 to 1. */
  readonly lost: number;
}

/** Publishes with the window; `joined` are the control connections of subscribers, one each. */
export async function drivePublisher(
  publisher: Publisher,
  plan: EventPlan,
  control: Control,
): Promise<EventFigures> {
  // The first events are lost while subscriptions come into force: id -1, until everybody has had one.
  while (control.counts.length < plan.subscribers || control.counts.some((count) => count < 0)) {
    publisher.publish(makeBody(-1, plan.size));
    await sleep(10);
  }
  await sleep(100);
  const mean = (): number => control.counts.reduce((sum, count) => sum + count, 0) / plan.subscribers;
  const begin = performance.now();
  let start = { at: begin, delivered: 0 };
  let published = 0;
  while (performance.now() - begin < plan.warmUpMs + plan.durationMs) {
    if (start.delivered === 0 && performance.now() - begin >= plan.warmUpMs) {
      start = { at: performance.now(), delivered: mean() };
    }
    const allowed = Math.min(...control.counts) + WINDOW;
    for (const stop = Math.min(published + TURN, allowed); published < stop; published++) {
      publisher.publish(makeBody(published, plan.size));
    }
    if (published >= allowed && performance.now() - control.movedAt > LOST_AFTER) break;
    await nextTick();
  }
  const everything = (): boolean => control.counts.every((count) => count === published);
  // An event with a negative id asks for the count at once.
  while (!everything() && performance.now() - control.movedAt < LOST_AFTER) {
    publisher.publish(makeBody(-2, plan.size));
    await sleep(5);
  }
  const delivered = mean();
  const perSecond = (1000 * (delivered - start.delivered)) / (control.movedAt - start.at);
  return { perSecond, lost: 1 - delivered / published };
}

/** Where subscribers tell how many events they have had. */
export interface Control {
  readonly port: number;
  /** One for each subscriber that is there; -1 until it has had its first event. */
  readonly counts: number[];
  /** When a count last moved. */
  movedAt: number;
}

export async function openControl(): Promise<Control> {
  const server = createServer((socket) => {
    const index = control.counts.push(-1) - 1;
    let rest = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      const count = Number(lines.at(-1) ?? control.counts[index]);
      if (count !== control.counts[index]) control.movedAt = performance.now();
      control.counts[index] = count;
    });
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const control: Control = {
    port: (server.address() as AddressInfo).port,
    counts: [],
    movedAt: performance.now(),
  };
  return control;
}

/** Counts what arrives and tells it; throws on an event that is out of order or not whole. */
export async function driveSubscriber(
  events: NonNullable<Contender['events']>,
  endpoints: Endpoints,
  port: number,
): Promise<void> {
  const socket: Socket = connect(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  const sample = makeBody(0, 100);
  let count = 0;
  let last = -1;
  await events.subscribe(endpoints, (value) => {
    const { id, user, note } = value as Body;
    if (user !== sample.user || note !== sample.note) throw new Error('an event is not what was published');
    if (id >= 0) {
      if (id <= last) throw new Error(`event ${id} after ${last}`);
      last = id;
      count++;
    }
    if (id < 0 || count % TELL === 0) socket.write(`${count}\n`);
  });
}
