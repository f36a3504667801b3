/** What stands in the address after `#`, so that a reload and a shared link show the same. */
export type Tab = 'instances' | 'messages' | 'send' | 'changes';
export const TABS: readonly Tab[] = ['instances', 'messages', 'send', 'changes'];

export interface Route {
  /** The service that is looked at; `clients` for those that serve nothing. */
  readonly service?: string | undefined;
  readonly tab: Tab;
  /** What the list and the graph are narrowed to. */
  readonly query: string;
  /** Only services that are not well. */
  readonly unwell: boolean;
}

/** The instances that serve nothing, where a service's name would stand. */
export const CLIENTS = 'clients';

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const params = new URLSearchParams(search);
  const service = decode(path);
  const tab = TABS.find((name) => name === params.get('tab')) ?? 'instances';
  const isService = service === CLIENTS || service.startsWith('@');
  return {
    ...(isService ? { service } : {}),
    tab,
    query: params.get('q') ?? '',
    unwell: params.has('unwell'),
  };
}

export function formatRoute({ service, tab, query, unwell }: Route): string {
  const params = new URLSearchParams();
  if (service !== undefined && tab !== 'instances') params.set('tab', tab);
  if (query !== '') params.set('q', query);
  if (unwell) params.set('unwell', '');
  const search = params.size > 0 ? `?${params.toString().replace(/=(?=&|$)/g, '')}` : '';
  return `#/${(service ?? '').split('/').map(encodeURIComponent).join('/').replace(/%40/g, '@')}${search}`;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}
