/**
 * What lets the page act. `atom status` prints an address that ends in `#token=…`: a fragment is not sent to any
 * server, and it is taken out of the address bar at once. It is kept as long as the tab.
 */
const KEY = 'atom-token';

/** Moves the token from the address into this tab's store. */
export function takeToken(): void {
  const match = /^#\/?(?:.*[?&])?token=([^&]+)/.exec(location.hash);
  if (match?.[1] === undefined) return;
  keepToken(decodeURIComponent(match[1]));
  const rest = location.hash.replace(/^#token=[^&]*&?/, '').replace(/([?&])token=[^&]*&?/, '$1');
  history.replaceState(null, '', `${location.pathname}${location.search}${rest.replace(/[?&#]$/, '')}`);
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token.trim());
}

export function dropToken(): void {
  sessionStorage.removeItem(KEY);
}

export function token(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}
