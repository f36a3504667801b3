import { Dealer, Publisher as PubSocket, Router, Subscriber } from 'zeromq';
import type { Contender } from '../contender.js';
import { answer, makeBody, type Body } from '../workload.js';
import { Outbox, SOCKET } from './zeromq-outbox.js';

type Envelope = [id: number, body: Body];

/** So that both sides work at the same time; uncapped batches make them take turns. */
const CAP = 64;

/** Gathers what one tick queues and hands it on as JSON arrays of at most `CAP`. */
class Batch {
  private queue: unknown[] = [];

  constructor(private readonly send: (json: string) => void) {}

  push(value: unknown): void {
    if (this.queue.push(value) === 1) setImmediate(() => this.flush());
    else if (this.queue.length === CAP) this.flush();
  }

  private flush(): void {
    if (this.queue.length === 0) return;
    const values = this.queue;
    this.queue = [];
    this.send(JSON.stringify(values));
  }
}

/** The floor for a framework that gathers: one zeromq message for what a tick queued, as one JSON array. */
export const contender: Contender = {
  title: 'raw zeromq, a tick as one JSON array',
  requests: {
    async serve() {
      const router = new Router({ ...SOCKET, sendTimeout: 0 });
      await router.bind('tcp://127.0.0.1:*');
      const outbox = new Outbox(router);
      const batches = new Map<string, Batch>();
      const batchFor = (peer: Buffer): Batch => {
        const key = peer.toString('latin1');
        let batch = batches.get(key);
        if (!batch) batches.set(key, (batch = new Batch((json) => outbox.push([peer, json]))));
        return batch;
      };
      void (async () => {
        for (;;) {
          const [peer, frame] = await router.receive();
          const batch = batchFor(peer!);
          for (const [id, body] of JSON.parse(frame!.toString()) as Envelope[])
            batch.push([id, answer(body)]);
        }
      })();
      return { endpoints: [router.lastEndpoint!] };
    },
    async connect([endpoint]) {
      const dealer = new Dealer({ ...SOCKET, immediate: true });
      dealer.connect(endpoint!);
      await dealer.send(JSON.stringify([[0, makeBody(0, 100)]]));
      await dealer.receive();
      dealer.sendTimeout = 0;
      const outbox = new Outbox(dealer);
      const batch = new Batch((json) => outbox.push(json));
      const pending = new Map<number, (error: unknown, answer: unknown) => void>();
      let last = 0;
      void (async () => {
        for (;;) {
          const [frame] = await dealer.receive();
          for (const [id, body] of JSON.parse(frame!.toString()) as Envelope[]) {
            const done = pending.get(id);
            pending.delete(id);
            done?.(undefined, body);
          }
        }
      })();
      return {
        request(body, done) {
          const id = ++last;
          pending.set(id, done);
          batch.push([id, body]);
        },
      };
    },
  },
  events: {
    async publisher() {
      const socket = new PubSocket({ sendHighWaterMark: 0, linger: 0, sendTimeout: 0 });
      await socket.bind('tcp://127.0.0.1:*');
      const outbox = new Outbox(socket);
      const batch = new Batch((json) => outbox.push(['topic', json]));
      return { endpoints: [socket.lastEndpoint!], publish: (event) => batch.push(event) };
    },
    async subscribe([endpoint], onEvent) {
      const socket = new Subscriber({ receiveHighWaterMark: 0, linger: 0 });
      socket.connect(endpoint!);
      socket.subscribe('topic');
      void (async () => {
        for (;;) {
          const [, frame] = await socket.receive();
          for (const event of JSON.parse(frame!.toString()) as unknown[]) onEvent(event);
        }
      })();
    },
  },
};
