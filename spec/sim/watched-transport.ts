import type { Transport } from '../../lib/transport/transport.js';
import { ANYBODY } from '../../lib/wire/codec.js';
import type { Observed } from './surroundings.js';

/** What the envelope of a request begins with that was sent before; its service. */
const RETRY = /^\{"t":"req".*?,"s":"([^"]+)".*?,"a":\d/;

/** `transport`, whose retries, connections' ends and shortest ways are noted. A dead life's says nothing more. */
export function watchTransport(life: Observed, transport: Transport): Transport {
  const { world } = life;
  return {
    get malformed() {
      return transport.malformed;
    },
    close: () => transport.close(),
    listen: (endpoint, listener) =>
      transport.listen(endpoint, {
        ...listener,
        received(link, batch) {
          world.heard(batch.sender, life.id, batch.sentAt);
          listener.received(link, batch);
        },
        closed: (link, reason) => listener.closed(link, reason),
      }),
    connect(endpoint, target, listener) {
      const link = transport.connect(endpoint, target, {
        opened: (opened) => listener.opened?.(opened),
        received: (from, batch) => listener.received(from, batch),
        closed(ended, reason) {
          if (target !== ANYBODY) life.note({ type: 'closed', life: life.name, to: world.nameOf(target) });
          listener.closed(ended, reason);
        },
      });
      world.forgetWay(life.id, target);
      const send = link.send.bind(link);
      link.send = (part, head) => {
        if (life.clock.isDead) return false;
        const taken = send(part, head);
        const service = taken ? RETRY.exec(head ?? part)?.[1] : undefined;
        if (service !== undefined) life.note({ type: 'retry', by: life.name, service });
        return taken;
      };
      return link;
    },
  };
}
