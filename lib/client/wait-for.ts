import { bounded } from '../../nucleus/bounded.js';
import { AtomError } from '../errors.js';
import { checkOpen, closed, type ClientHost } from './client-host.js';

/**
 * Resolves when each of the services has an instance that requests can go to.
 * @throws AtomError `UNAVAILABLE` naming those that are missing after `timeout` ms, or when the application closes
 */
export async function waitForServices(
  host: ClientHost,
  wanted: readonly string[],
  timeout: number | undefined,
): Promise<void> {
  checkOpen(host);
  const { routes } = host.requester;
  const missing = (): string[] => wanted.filter((name) => routes.of(name).length === 0);
  if (missing().length === 0) return;
  const { waiting, clock, logger, closing } = host;
  for (const name of missing()) waiting.add(name);
  logger.info({ services: missing() }, 'waiting for services');
  let stop = (): void => {};
  let giveUp = (): void => {};
  try {
    const found = new Promise<void>((resolve, reject) => {
      giveUp = () => reject(closed());
      closing.addEventListener('abort', giveUp, { once: true });
      stop = routes.onRoutable(() => {
        for (const name of wanted) if (routes.of(name).length > 0) waiting.delete(name);
        if (missing().length === 0) resolve();
      });
    });
    if (timeout === undefined) await found;
    else if (!(await bounded(clock, timeout, found))) {
      throw new AtomError(
        'UNAVAILABLE',
        `Waited ${timeout}ms for ${missing()
          .map((name) => `'${name}'`)
          .join(', ')}: not available or running`,
        { outcome: 'NOT_SENT' },
      );
    }
  } finally {
    stop();
    closing.removeEventListener('abort', giveUp);
    for (const name of wanted) waiting.delete(name);
  }
}
