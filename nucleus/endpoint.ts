/** The host and port of `tcp://host:port` (an IPv6 host in brackets); undefined when it is not that. */
export function splitEndpoint(endpoint: string): { host: string; port: number } | undefined {
  const match = ENDPOINT.exec(endpoint);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host !== undefined && port > 0 && port < 65_536 ? { host, port } : undefined;
}

/** Puts `tcp://host:port` together; an IPv6 address gets its brackets. */
export function joinEndpoint(host: string, port: number): string {
  return host.includes(':') ? `tcp://[${host}]:${port}` : `tcp://${host}:${port}`;
}

/** True when the endpoint is on this host's loopback, see {@link isLoopbackHost}. */
export function isLoopback(endpoint: string): boolean {
  const host = splitEndpoint(endpoint)?.host;
  return host !== undefined && isLoopbackHost(host);
}

/** True for 127.0.0.0/8, ::1 and localhost. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|::1)$/i.test(host) || LOOPBACK_V4.test(host);
}

/** True for the addresses that stand for all of a machine's own. */
export function isWildcardHost(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

const ENDPOINT = /^tcp:\/\/(?:\[([0-9a-fA-F:.]{2,64})\]|([A-Za-z0-9._-]{1,253})):(\d{1,5})$/;
const LOOPBACK_V4 = /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i;
