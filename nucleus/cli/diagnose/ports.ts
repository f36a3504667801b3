import type { DaemonHealth } from '../../daemon/http-api.js';
import { HTTP_PORT } from '../../daemon/http/http-options.js';
import { NUCLEUS_PORT } from '../../registry/nucleus-layout.js';
import { askNucleusRegistry, type Listener } from './ask-nucleus.js';
import { ok, warning, type Check, type Finding } from './check.js';
import { holderOf } from './port-holder.js';

const PATIENCE = 2000;

/** The nucleus's two ports on this machine: a nucleus has them, or nobody. */
export function portsCheck({ registry = NUCLEUS_PORT, http = HTTP_PORT } = {}): Check {
  return {
    name: 'ports',
    run: async () => {
      const [one, other] = await Promise.all([
        askNucleusRegistry(`tcp://127.0.0.1:${registry}`),
        askHttp(http),
      ]);
      if (one === 'nobody' && other.listener === 'nobody') {
        return [ok(`${registry} and ${http} are free: no nucleus runs here`)];
      }
      return Promise.all([
        finding(registry, 'the registry', one),
        finding(http, 'the dashboard', other.listener, other.detail),
      ]);
    },
  };
}

async function finding(port: number, of: string, listener: Listener, detail = ''): Promise<Finding> {
  if (listener === 'nobody') return ok(`${port} (${of}) is free`);
  if (listener === 'nucleus') return ok(`${port} (${of}): a nucleus${detail}`);
  const holder = await holderOf(port);
  const mend = 'Stop it, or let the nucleus use another port (atom start --help).';
  return warning(
    `${port} (${of}) is taken by somebody else${holder === undefined ? '' : `: ${holder}`}`,
    mend,
  );
}

async function askHttp(port: number): Promise<{ listener: Listener; detail?: string }> {
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const response = await fetch(`http://127.0.0.1:${port}/health`, { signal });
    const { status, version, environment, pid } = (await response.json()) as Partial<DaemonHealth>;
    if (status === undefined || version === undefined) return { listener: 'stranger' };
    return { listener: 'nucleus', detail: ` ${version}, environment '${environment}', pid ${pid}` };
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    return { listener: code === 'ECONNREFUSED' ? 'nobody' : 'stranger' };
  }
}
