import { joinEndpoint } from '../../nucleus/endpoint.js';
import type { LinkListener, Listening, Transport } from '../transport/transport.js';
import type { ResolvedOptions } from './options.js';

const VARIABLES = { port: 'ATOM_PORT', eventsPort: 'ATOM_EVENTS_PORT' } as const;

/** Opens one of the two sockets. @throws Error with the system's code, naming address, option and mend */
export async function listenOn(
  transport: Transport,
  options: ResolvedOptions,
  which: 'port' | 'eventsPort',
  listener: LinkListener,
): Promise<Listening> {
  const { bind } = options;
  const port = options[which];
  const endpoint = joinEndpoint(bind, port);
  try {
    return await transport.listen(endpoint, listener);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const mend =
      code === 'EADDRINUSE'
        ? `another process has it; give another (option '${which}', ${VARIABLES[which]}), or none and the system chooses a free one`
        : code === 'EADDRNOTAVAIL' || code === 'ENODEV'
          ? `this machine has no such address; give one of its own (option 'bind', ATOM_BIND), '0.0.0.0' for all`
          : 'see the cause';
    throw Object.assign(
      new Error(
        `${code ?? 'Error'}: cannot listen on ${endpoint.slice('tcp://'.length)} (${which}): ${mend}`,
        { cause },
      ),
      { code },
    );
  }
}
