import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { HistoryEntry, MeshView } from '../../daemon/http-api.js';
import { Changes } from './changes.js';
import { duration, rate, share } from './format.js';
import { healthCounts, worstHealth } from './health.js';
import { InstanceTable } from './instance-table.js';
import { Messages } from './messages.js';
import { CLIENTS, TABS, type Tab } from './route.js';
import { SendForm } from './send-form.js';
import { Sparkline } from './sparkline.js';
import type { Trail } from './trails.js';
import { useDescription } from './use-description.js';

interface Props {
  readonly name: string;
  readonly mesh: MeshView;
  readonly history: readonly HistoryEntry[];
  readonly trail: Trail | undefined;
  readonly tab: Tab;
  readonly openTab: (tab: Tab) => void;
  readonly close: () => void;
}

const TITLES: Readonly<Record<Tab, string>> = {
  instances: 'Instances',
  messages: 'Messages',
  send: 'Send',
  changes: 'Changes',
};

/** One service in full. */
export function ServicePanel({ name, mesh, history, trail, tab, openTab, close }: Props) {
  const isClients = name === CLIENTS;
  const summary = mesh.services.find((service) => service.name === name);
  const instances = useMemo(
    () =>
      mesh.instances.filter(({ services }) =>
        isClients ? services.length === 0 : services.some((service) => service.name === name),
      ),
    [mesh, name],
  );
  const description = useDescription(name, instances);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Opened by somebody here, not by the address that the page was loaded with.
    if (document.activeElement !== document.body) heading.current?.focus();
  }, [name]);
  const changes = history.filter(({ services }) =>
    isClients ? services.length === 0 : services.includes(name),
  );
  const tabs = isClients ? TABS.filter((one) => one === 'instances' || one === 'changes') : TABS;
  const shown = tabs.includes(tab) ? tab : 'instances';
  return (
    <section class="card panel" aria-labelledby="panel-title" onKeyDown={(event) => closeOn(event, close)}>
      <div class="panel-head">
        <h2 id="panel-title" ref={heading} tabIndex={-1}>
          {isClients ? 'Clients that serve nothing' : name}
        </h2>
        <button type="button" class="close" aria-label="Close" title="Close (Esc)" onClick={close}>
          ✕
        </button>
        {summary && (
          <p class="panel-state">
            <span class={`chip ${worstHealth(summary)}`}>{healthCounts(summary)}</span>
            <span class="muted">{summary.versions.map((version) => `version ${version}`).join(', ')}</span>
          </p>
        )}
      </div>
      {summary && (
        <dl class="panel-figures">
          <div>
            <dt>Messages</dt>
            <dd>
              {rate(summary.perSecond)} {trail && <Sparkline values={trail.rates} width={64} />}
            </dd>
          </div>
          <div>
            <dt>Errors</dt>
            <dd class={summary.errorsPerSecond > 0 ? 'bad' : ''}>
              {share(summary.errorsPerSecond, summary.perSecond)}
            </dd>
          </div>
          <div>
            <dt>p50</dt>
            <dd>{duration(summary.p50)}</dd>
          </div>
          <div>
            <dt>p99</dt>
            <dd>{duration(summary.p99)}</dd>
          </div>
        </dl>
      )}
      {!summary && !isClients && (
        <p class="notice">
          No instance of {name} is known now. It may be stopped, or its name may be another.
        </p>
      )}
      <nav class="tabs" aria-label="About this service">
        {tabs.map((one) => (
          <button
            key={one}
            type="button"
            aria-current={one === shown ? 'page' : undefined}
            onClick={() => openTab(one)}
          >
            {TITLES[one]}
          </button>
        ))}
      </nav>
      <div class={`panel-body ${shown}`}>
        {shown === 'instances' && <InstanceTable service={name} instances={instances} at={mesh.at} />}
        {shown === 'messages' && <Messages service={name} instances={instances} description={description} />}
        {shown === 'send' && <SendForm service={name} instances={instances} description={description} />}
        {shown === 'changes' && <Changes entries={changes} />}
      </div>
    </section>
  );
}

function closeOn(event: KeyboardEvent, close: () => void): void {
  const { target } = event;
  const isTyping = target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  if (event.key === 'Escape' && !isTyping) close();
}
