import { useMemo, useRef, useState } from 'preact/hooks';
import type { ServiceSummary } from '../../daemon/http-api.js';
import { duration, rate, share } from './format.js';
import { healthCounts, healthRank, worstHealth } from './health.js';
import { useRoving } from './roving.js';
import { Sparkline } from './sparkline.js';
import type { Trails } from './trails.js';
import { useWindow } from './windowed.js';

interface Props {
  readonly services: readonly ServiceSummary[];
  readonly all: number;
  readonly trails: Trails;
  readonly chosen: string | undefined;
  readonly choose: (service: string) => void;
}

interface Column {
  readonly key: string;
  readonly title: string;
  readonly className: string;
  /** Of two services, which comes first when the column is sorted by. */
  readonly order: (a: ServiceSummary, b: ServiceSummary) => number;
}

const byName = (a: ServiceSummary, b: ServiceSummary): number => (a.name < b.name ? -1 : 1);
const errorShare = ({ errorsPerSecond, perSecond }: ServiceSummary): number =>
  errorsPerSecond / (perSecond || 1);
const COLUMNS: readonly Column[] = [
  { key: 'name', title: 'Service', className: 'name', order: byName },
  {
    key: 'state',
    title: 'State',
    className: 'state',
    order: (a, b) => healthRank(worstHealth(a)) - healthRank(worstHealth(b)),
  },
  { key: 'rate', title: 'Messages', className: 'number', order: (a, b) => b.perSecond - a.perSecond },
  { key: 'errors', title: 'Errors', className: 'number', order: (a, b) => errorShare(b) - errorShare(a) },
  { key: 'p50', title: 'p50', className: 'number optional', order: (a, b) => b.p50 - a.p50 },
  { key: 'p99', title: 'p99', className: 'number', order: (a, b) => b.p99 - a.p99 },
];
const HEIGHT = 40;
/** What a service has that gave none. */
const NO_VERSION = '0.0.0';

/** All services in words: what the graph shows, and more. Only the rows in view are drawn. */
export function ServiceTable({ services, all, trails, chosen, choose }: Props) {
  const [sortedBy, sortBy] = useState('name');
  const rows = useMemo(() => {
    const { order } = COLUMNS.find(({ key }) => key === sortedBy) ?? COLUMNS[0]!;
    return [...services].sort((a, b) => order(a, b) || byName(a, b));
  }, [services, sortedBy]);
  const scroller = useRef<HTMLDivElement>(null);
  const { from, to, above, below } = useWindow(scroller, rows.length, HEIGHT);
  const roving = useRoving(scroller, rows.length, HEIGHT);
  return (
    <section class="card services" id="services" tabIndex={-1} aria-labelledby="services-title">
      <div class="card-head">
        <h2 id="services-title">Services</h2>
      </div>
      <div class="scroller" ref={scroller} onKeyDown={roving.onKeyDown}>
        <table aria-labelledby="services-title" aria-rowcount={rows.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              {COLUMNS.map(({ key, title, className }) => (
                <th
                  key={key}
                  scope="col"
                  class={className}
                  aria-sort={sortedBy === key ? (key === 'name' ? 'ascending' : 'descending') : undefined}
                >
                  <button type="button" onClick={() => sortBy(key)}>
                    {title}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {above > 0 && (
              <tr aria-hidden="true">
                <td colSpan={COLUMNS.length} style={{ height: `${above}px` }} />
              </tr>
            )}
            {rows.slice(from, to).map((service, n) => (
              <Row
                key={service.name}
                service={service}
                index={from + n}
                rates={trails.get(service.name)?.rates ?? []}
                isChosen={service.name === chosen}
                inTabOrder={from + n === Math.max(from, Math.min(to - 1, roving.at))}
                choose={choose}
              />
            ))}
            {below > 0 && (
              <tr aria-hidden="true">
                <td colSpan={COLUMNS.length} style={{ height: `${below}px` }} />
              </tr>
            )}
          </tbody>
        </table>
        {rows.length === 0 && (
          <p class="empty">
            {all === 0 ? 'No service runs yet. Start one: it appears here.' : 'Nothing matches.'}
          </p>
        )}
      </div>
    </section>
  );
}

interface RowProps {
  readonly service: ServiceSummary;
  readonly index: number;
  readonly rates: readonly number[];
  readonly isChosen: boolean;
  readonly inTabOrder: boolean;
  readonly choose: (service: string) => void;
}

function Row({ service, index, rates, isChosen, inTabOrder, choose }: RowProps) {
  const { name, versions, perSecond, errorsPerSecond, p50, p99 } = service;
  return (
    <tr aria-rowindex={index + 2} class={isChosen ? 'chosen' : ''} onClick={() => choose(name)}>
      <th scope="row" class="name">
        <button
          type="button"
          class="as-link"
          data-row={index}
          tabIndex={inTabOrder ? 0 : -1}
          aria-current={isChosen ? 'true' : undefined}
          onClick={(event) => {
            event.stopPropagation();
            choose(name);
          }}
        >
          {name}
        </button>{' '}
        <span class="version">{versions.filter((version) => version !== NO_VERSION).join(', ')}</span>
      </th>
      <td class="state">
        <span class={`chip ${worstHealth(service)}`}>{healthCounts(service)}</span>
      </td>
      <td class="number">
        <Sparkline values={rates} />
        {rate(perSecond)}
      </td>
      <td class={`number${errorsPerSecond > 0 ? ' bad' : ''}`}>{share(errorsPerSecond, perSecond)}</td>
      <td class="number optional">{duration(p50)}</td>
      <td class="number">{duration(p99)}</td>
    </tr>
  );
}
