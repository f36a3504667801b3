import type { DaemonHealth } from '../daemon/http-api.js';
import type { DaemonFiles, DaemonNote } from './daemon-files.js';

/** What `atom status` tells. */
export type DaemonStatus =
  | { readonly running: false; readonly home: string }
  | ({
      readonly running: true;
      /** The page, with what lets it act: for this user only. */
      readonly dashboard: string | undefined;
      readonly log: string;
      readonly tokenFile: string;
      /** What it says of itself; absent when it does not answer. */
      readonly health?: DaemonHealth;
    } & Omit<DaemonNote, 'mark'>);

export async function daemonStatus(files: DaemonFiles, timeout = 1000): Promise<DaemonStatus> {
  const note = files.running();
  if (note === undefined) return { running: false, home: files.home };
  const { pid, startedAt, environment, registry, registryEndpoint, address } = note;
  const health = address === undefined ? undefined : await askHealth(address, timeout);
  return {
    running: true,
    pid,
    startedAt,
    environment,
    ...(registry !== undefined && { registry }),
    ...(registryEndpoint !== undefined && { registryEndpoint }),
    ...(address !== undefined && { address }),
    dashboard: dashboardOf(files, note),
    log: files.log,
    tokenFile: files.token,
    ...(health !== undefined && { health }),
  };
}

/** The address of the page, with the token in its fragment, which is sent to nobody. */
export function dashboardOf(files: DaemonFiles, { address }: DaemonNote): string | undefined {
  const token = files.readToken();
  if (address === undefined) return undefined;
  return token === undefined ? `${address}/` : `${address}/#token=${token}`;
}

/** The lines of `status` for people. */
export function statusText(status: DaemonStatus): string {
  if (!status.running) return 'No nucleus runs.';
  const { health } = status;
  const sources = health?.sources ?? [];
  const own = sources.find(({ name }) => name === 'registry');
  const lines: [string, string | undefined][] = [
    ['nucleus', `runs, pid ${status.pid}, since ${new Date(status.startedAt).toISOString()}`],
    ['environment', status.environment],
    ['registry', withState(status.registry ?? 'starting', own)],
    ['serves it on', status.registryEndpoint],
    ['dashboard', status.dashboard],
    ['log', status.log],
    ['instances', health === undefined ? undefined : `${health.instances}`],
    ...sources
      .filter((source) => source !== own)
      .map(({ name, state, detail }): [string, string] => [
        name,
        detail === '' ? state : `${state} (${detail})`,
      ]),
    ['health', health === undefined && status.address !== undefined ? 'it does not answer' : undefined],
  ];
  return lines
    .filter((line): line is [string, string] => line[1] !== undefined)
    .map(([name, value]) => `${name.padEnd(13)} ${value}`)
    .join('\n');
}

/** What the registry is kept in, and how that is. */
function withState(registry: string, source: DaemonHealth['sources'][number] | undefined): string {
  if (source === undefined) return registry;
  return `${registry}, ${source.state === 'up' ? 'up' : `${source.state} (${source.detail})`}`;
}

async function askHealth(address: string, timeout: number): Promise<DaemonHealth | undefined> {
  try {
    const response = await fetch(`${address}/health`, { signal: AbortSignal.timeout(timeout) });
    return response.ok ? ((await response.json()) as DaemonHealth) : undefined;
  } catch {
    return undefined;
  }
}
