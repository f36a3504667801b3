import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Announcer } from './announcer.js';
import { Changes } from './changes.js';
import { Figures } from './figures.js';
import { Filter, narrow } from './filter.js';
import { Graph } from './graph.js';
import { Header } from './header.js';
import { LinkBanner } from './link-banner.js';
import { ServicePanel } from './service-panel.js';
import { ServiceTable } from './service-table.js';
import { useStore, type Store } from './store.js';
import { useRoute } from './use-route.js';

/** The page. */
export function App({ store }: { readonly store: Store }) {
  const { mesh, daemon, history, link, trails } = useStore(store);
  const [route, go] = useRoute();
  const { service, query, unwell } = route;
  const shown = useMemo(() => narrow(mesh?.services ?? [], query, unwell), [mesh, query, unwell]);
  // The same names make the same set, so that the graph is not narrowed anew at each update.
  const names = shown.map(({ name }) => name).join('\n');
  const isNarrowed = query !== '' || unwell;
  const shownNames = useMemo(
    () => (isNarrowed ? new Set(names.split('\n')) : undefined),
    [isNarrowed, names],
  );

  const opener = useRef<Element | null>(null);
  const choose = (name: string): void => {
    opener.current = document.activeElement;
    go({ service: name, tab: service === undefined ? 'instances' : route.tab });
  };
  const close = (): void => {
    const { service: _, ...rest } = route;
    go({ ...rest, service: undefined });
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };
  useEffect(() => {
    document.title = `${service ?? mesh?.environment ?? ''}${service || mesh ? ' · ' : ''}atom`;
  }, [service, mesh?.environment]);

  return (
    <div class={`page${service === undefined ? '' : ' with-panel'}`}>
      <a class="skip" href="#services" onClick={(event) => skipTo(event, 'services')}>
        Skip to the services
      </a>
      <Header daemon={daemon} environment={mesh?.environment} link={link} />
      <LinkBanner link={link} at={mesh?.at} />
      <main class="main" id="main">
        <h1 class="visually-hidden">What runs{mesh ? ` in ${mesh.environment}` : ''}</h1>
        {mesh === undefined ? (
          <p class="empty" role="status">
            {link.state === 'lost' ? 'The nucleus cannot be reached.' : 'Asking the nucleus what runs…'}
          </p>
        ) : (
          <>
            <Figures mesh={mesh} trails={trails} />
            <Filter route={route} go={go} shown={shown.length} all={mesh.services.length} />
            <Graph mesh={mesh} chosen={service} shown={shownNames} choose={choose} />
            <ServiceTable
              services={shown}
              all={mesh.services.length}
              trails={trails}
              chosen={service}
              choose={choose}
            />
          </>
        )}
      </main>
      <aside class="side" aria-label={service === undefined ? 'Changes' : `Service ${service}`}>
        {service !== undefined && mesh !== undefined ? (
          <ServicePanel
            key={service}
            name={service}
            mesh={mesh}
            history={history}
            trail={trails.get(service)}
            tab={route.tab}
            openTab={(tab) => go({ tab }, true)}
            close={close}
          />
        ) : (
          <section class="card changes-card" aria-labelledby="changes-title">
            <div class="card-head">
              <h2 id="changes-title">Changes</h2>
            </div>
            <Changes entries={history} choose={choose} />
          </section>
        )}
      </aside>
      <Announcer history={history} link={link} />
    </div>
  );
}

/** The address is the route: a link inside the page must not change it. */
function skipTo(event: MouseEvent, id: string): void {
  event.preventDefault();
  document.getElementById(id)?.focus();
}
