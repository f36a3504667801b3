import { Dealer, Publisher as PubSocket, Router, Subscriber } from 'zeromq';
import type { Contender } from '../contender.js';
import { answer, makeBody, type Body } from '../workload.js';
import { Outbox, SOCKET } from './zeromq-outbox.js';

type Envelope = [id: number, body: Body];

/** The raw floor: one zeromq message for each request, answer and event. */
export const contender: Contender = {
  title: 'raw zeromq, one message each',
  requests: {
    async serve() {
      const router = new Router({ ...SOCKET, sendTimeout: 0 });
      await router.bind('tcp://127.0.0.1:*');
      const outbox = new Outbox(router);
      void (async () => {
        for (;;) {
          const [peer, frame] = await router.receive();
          const [id, body] = JSON.parse(frame!.toString()) as Envelope;
          outbox.push([peer!, JSON.stringify([id, answer(body)])]);
        }
      })();
      return { endpoints: [router.lastEndpoint!] };
    },
    async connect([endpoint]) {
      const dealer = new Dealer({ ...SOCKET, immediate: true });
      dealer.connect(endpoint!);
      // The first send waits for the connection; then none waits.
      await dealer.send(JSON.stringify([0, makeBody(0, 100)]));
      await dealer.receive();
      dealer.sendTimeout = 0;
      const outbox = new Outbox(dealer);
      const pending = new Map<number, (error: unknown, answer: unknown) => void>();
      let last = 0;
      void (async () => {
        for (;;) {
          const [frame] = await dealer.receive();
          const [id, body] = JSON.parse(frame!.toString()) as Envelope;
          const done = pending.get(id);
          pending.delete(id);
          done?.(undefined, body);
        }
      })();
      return {
        request(body, done) {
          const id = ++last;
          pending.set(id, done);
          outbox.push(JSON.stringify([id, body]));
        },
      };
    },
  },
  events: {
    async publisher() {
      const socket = new PubSocket({ sendHighWaterMark: 0, linger: 0, sendTimeout: 0 });
      await socket.bind('tcp://127.0.0.1:*');
      const outbox = new Outbox(socket);
      return {
        endpoints: [socket.lastEndpoint!],
        publish: (event) => outbox.push(['topic', JSON.stringify(event)]),
      };
    },
    async subscribe([endpoint], onEvent) {
      const socket = new Subscriber({ receiveHighWaterMark: 0, linger: 0 });
      socket.connect(endpoint!);
      socket.subscribe('topic');
      void (async () => {
        for (;;) {
          const [, frame] = await socket.receive();
          onEvent(JSON.parse(frame!.toString()));
        }
      })();
    },
  },
};
