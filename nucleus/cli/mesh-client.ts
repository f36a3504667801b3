import type { AtomClient } from '../../lib/client/atom-client.js';
import type { Actions } from '../daemon/http/actions.js';
import type { StatsSource } from '../daemon/stats-source.js';

/** What the nucleus asks of instances, and does on behalf of the page, over a client of the framework. */
export function meshClient(client: AtomClient): StatsSource & Actions {
  const ask = (operation: string) => (instance: string, service: string, timeout: number) =>
    client.request(service, operation, undefined, { instance, timeout });
  return {
    stats: ask('$stats'),
    describe: ask('$describe'),
    request: ({ service, operation, data, timeout, instance }, signal) =>
      client.request(service, operation, data, {
        signal,
        ...(timeout !== undefined && { timeout }),
        ...(instance !== undefined && { instance }),
      }),
    publish: ({ topic, data }) => client.publish(topic, data),
  };
}
