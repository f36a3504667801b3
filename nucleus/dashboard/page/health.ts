import type { InstanceHealth, ServiceSummary } from '../../daemon/http-api.js';

/** The worst first: what needs a look stands on top. */
export const HEALTHS: readonly InstanceHealth[] = ['lost', 'slow', 'draining', 'alive'];

/** Health and how many: `1 lost, 2 alive`. */
export function healthCounts({ instances }: ServiceSummary): string {
  const parts = HEALTHS.filter((health) => instances[health] > 0).map(
    (health) => `${instances[health]} ${health}`,
  );
  return parts.length > 0 ? parts.join(', ') : 'no instance';
}

/** The worst that an instance of the service is: the daemon's own summary names the best. */
export function worstHealth({ instances, health }: ServiceSummary): InstanceHealth {
  return HEALTHS.find((one) => instances[one] > 0) ?? health;
}

/** Less is worse: for sorting. */
export function healthRank(health: InstanceHealth): number {
  return HEALTHS.indexOf(health);
}
