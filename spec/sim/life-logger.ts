import type { Logger } from '../../nucleus/logger.js';
import type { PeerView } from '../../lib/delivery/peer-view.js';
import type { Observed } from './surroundings.js';

/** A life's log: what it says of instances that come (back) and are ejected is noted, and so is an error that nobody expected. */
export function lifeLogger(life: Observed, peersNow: () => readonly PeerView[]): Logger {
  const out = new Set<string>();
  const text = (fields: object, name: string): string => String((fields as Record<string, unknown>)[name]);
  const logger: Logger = {
    debug(fields, message) {
      if (message !== 'instance added' && message !== 'instance state') return;
      if (text(fields, 'state') !== 'routable') return;
      const { world } = life;
      life.note({ type: 'routable', by: life.name, life: world.nameOf(text(fields, 'instance')) });
    },
    info(fields, message) {
      if (message === 'instance is well again') out.delete(text(fields, 'instance'));
    },
    warn(fields, message) {
      const { world } = life;
      if (message.startsWith('instance ejected')) {
        const instance = text(fields, 'instance');
        const again = out.has(instance);
        out.add(instance);
        const services = (fields as { services: string[] }).services;
        const peers = peersNow().filter(
          (peer) => peer.routable && peer.services.some((name) => services.includes(name)),
        );
        life.note({
          type: 'eject',
          by: life.name,
          life: world.nameOf(instance),
          out: peers.filter(({ breaker }) => breaker !== 'closed').length,
          of: peers.length,
          again,
          until: world.clock.now() + Number(text(fields, 'ms')),
        });
      }
    },
    error(fields, message) {
      const { err } = fields as { err?: unknown };
      if (err instanceof Error && err.message === 'asked to fail') return;
      life.broken(message, err);
    },
    child: () => logger,
  };
  return logger;
}
