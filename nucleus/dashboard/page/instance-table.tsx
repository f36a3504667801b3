import { useMemo, useRef } from 'preact/hooks';
import type { InstanceView, TrafficView } from '../../daemon/http-api.js';
import { duration, rate, shortId, since } from './format.js';
import { healthRank } from './health.js';
import { useWindow } from './windowed.js';

interface Props {
  readonly service: string;
  readonly instances: readonly InstanceView[];
  /** The nucleus's time. */
  readonly at: number;
}

const HEIGHT = 66;

/** Each instance with its state, why, since when, and how it does. Only those in view are drawn. */
export function InstanceTable({ service, instances, at }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(
    () =>
      [...instances].sort((a, b) => healthRank(a.health) - healthRank(b.health) || (a.id < b.id ? -1 : 1)),
    [instances],
  );
  const { from, to, above, below } = useWindow(scroller, instances.length, HEIGHT);
  if (instances.length === 0) return <p class="empty">None.</p>;
  return (
    <div
      class="scroller"
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={`${instances.length} instances`}
    >
      <table class="instances" aria-label="Instances" aria-rowcount={instances.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">Instance</th>
            <th scope="col">State</th>
            <th scope="col" class="number">
              Messages
            </th>
            <th scope="col" class="number">
              p50 / p99
            </th>
          </tr>
        </thead>
        <tbody>
          {above > 0 && (
            <tr aria-hidden="true">
              <td colSpan={4} style={{ height: `${above}px` }} />
            </tr>
          )}
          {rows.slice(from, to).map((instance, n) => (
            <Row key={instance.id} instance={instance} service={service} at={at} index={from + n} />
          ))}
          {below > 0 && (
            <tr aria-hidden="true">
              <td colSpan={4} style={{ height: `${below}px` }} />
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly instance: InstanceView;
  readonly service: string;
  readonly at: number;
  readonly index: number;
}

function Row({ instance, service, at, index }: RowProps) {
  const { id, health, reason, endpoint, host, sources } = instance;
  const traffic = trafficOf(instance, service);
  return (
    <tr aria-rowindex={index + 2} data-instance={id}>
      <th scope="row" title={`${id}\nhost ${host}\nknown by ${sources.join(', ')}`}>
        <code>{shortId(id)}</code>
        <span class="below">{endpoint.replace(/^tcp:\/\//, '')}</span>
      </th>
      <td>
        <span class={`chip ${health}`}>{health}</span>
        <span class="below" title={reason}>
          {reason === '' ? `for ${since(instance.since, at)}` : `${since(instance.since, at)}: ${reason}`}
        </span>
      </td>
      <td class="number">
        {rate(sum(traffic, (view) => view.perSecond))}
        <span class="below">{sum(traffic, (view) => view.inFlight)} in flight</span>
      </td>
      <td class="number">
        {duration(most(traffic, (view) => view.latency.p50))}
        <span class="below">{duration(most(traffic, (view) => view.latency.p99))}</span>
      </td>
    </tr>
  );
}

function trafficOf({ services }: InstanceView, service: string): readonly TrafficView[] {
  const own = services.find(({ name }) => name === service);
  return [...(own?.operations ?? []), ...(own?.events ?? [])];
}

const sum = (views: readonly TrafficView[], pick: (view: TrafficView) => number): number =>
  views.reduce((total, view) => total + pick(view), 0);
const most = (views: readonly TrafficView[], pick: (view: TrafficView) => number): number =>
  views.reduce((highest, view) => Math.max(highest, pick(view)), 0);
