import type { InstanceView, ServiceDetail, TrafficView } from '../../daemon/http-api.js';
import { count, duration, rate, share } from './format.js';
import { SchemaView } from './schema-view.js';
import type { Description } from './use-description.js';

interface Props {
  readonly service: string;
  readonly instances: readonly InstanceView[];
  readonly description: Description;
}

/** What a service offers and hears, what it has taken, and the contracts of its messages. */
export function Messages({ service, instances, description }: Props) {
  if (description.state === 'asking') return <p class="empty">Asking the service…</p>;
  if (description.state === 'failed') return <p class="notice">{description.why}</p>;
  const { detail } = description;
  const { operations, events, lexemes, metadata } = detail;
  const traffic = totals(instances, service);
  return (
    <div class="messages scroll" tabIndex={0} role="region" aria-label="Messages">
      <h3>Operations</h3>
      {operations.length === 0 && <p class="muted">It takes no requests.</p>}
      <ul class="plain">
        {operations.map(({ name, method, accepts, returns }) => (
          <li key={name} class="message">
            <p>
              <strong>{name}</strong>
              {method !== name && <span class="muted"> {method}()</span>}
            </p>
            <p class="contract">
              <Lexeme name={accepts} detail={detail} /> <span aria-label="answers with">→</span>{' '}
              <Lexeme name={returns} detail={detail} />
            </p>
            <Traffic view={traffic.get(name)} />
          </li>
        ))}
      </ul>
      <h3>Topics</h3>
      {events.length === 0 && <p class="muted">It hears no events.</p>}
      <ul class="plain">
        {events.map(({ topic, from, delivery, accepts }) => (
          <li key={`${topic} ${from ?? ''}`} class="message">
            <p>
              <strong>{topic}</strong>
              <span class="muted">
                {' '}
                from {from ?? 'everybody'}, {delivery === 'group' ? 'one instance each' : 'every instance'}
              </span>
            </p>
            <p class="contract">
              <Lexeme name={accepts} detail={detail} />
            </p>
            <Traffic view={traffic.get(topic)} />
          </li>
        ))}
      </ul>
      {Object.keys(lexemes).length > 0 && <h3>Lexemes</h3>}
      {Object.entries(lexemes).map(([name, { label, version, schema }]) => (
        <article key={name} class="lexeme" id={`lexeme-${name}`} tabIndex={-1}>
          <h4>
            {name} <span class="muted">version {version}</span>
            {label !== undefined && <code>{label}</code>}
          </h4>
          <SchemaView schema={schema} />
        </article>
      ))}
      {Object.keys(metadata).length > 0 && (
        <>
          <h3>Metadata</h3>
          <dl class="metadata">
            {Object.entries(metadata).map(([key, value]) => (
              <div key={key}>
                <dt>{key}</dt>
                <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </div>
  );
}

function Lexeme({ name, detail }: { readonly name: string; readonly detail: ServiceDetail }) {
  if (!Object.hasOwn(detail.lexemes, name)) return <code>{name}</code>;
  const show = (): void => {
    const element = document.getElementById(`lexeme-${name}`);
    element?.scrollIntoView({ block: 'nearest' });
    element?.focus({ preventScroll: true });
  };
  return (
    <button type="button" class="as-link mono" onClick={show}>
      {name}
    </button>
  );
}

function Traffic({ view }: { readonly view: Total | undefined }) {
  if (!view) return null;
  return (
    <p class="muted traffic">
      {rate(view.perSecond)} · {count(view.count)} taken · {share(view.errors, view.count)} errors · p99{' '}
      {duration(view.p99)}
    </p>
  );
}

interface Total {
  readonly count: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p99: number;
}

/** By operation or topic, over all instances. */
function totals(instances: readonly InstanceView[], service: string): ReadonlyMap<string, Total> {
  const found = new Map<string, Total>();
  const add = ({ name, ...view }: TrafficView): void => {
    const before = found.get(name) ?? { count: 0, errors: 0, perSecond: 0, p99: 0 };
    found.set(name, {
      count: before.count + view.count,
      errors: before.errors + view.errors,
      perSecond: before.perSecond + view.perSecond,
      p99: Math.max(before.p99, view.latency.p99),
    });
  };
  for (const { services } of instances) {
    const own = services.find(({ name }) => name === service);
    own?.operations?.forEach(add);
    own?.events?.forEach(add);
  }
  return found;
}
