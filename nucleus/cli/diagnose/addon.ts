import { NotPossible } from './check.js';

type TransportModule = typeof import('../../../lib/transport/zeromq/zeromq-transport.js');

let loading: Promise<TransportModule> | undefined;

/**
 * Loads ZeroMQ's addon, once for all checks: Node 20 ends the process when several imports at the same time fail
 * because of the same module.
 */
export function loadAddon(): Promise<TransportModule> {
  return (loading ??= import('../../../lib/transport/zeromq/zeromq-transport.js'));
}

/** Loads what needs the addon. @throws NotPossible where that does not load */
export async function withAddon<T>(load: () => Promise<T>): Promise<T> {
  await loadAddon().catch(() => {
    throw new NotPossible('ZeroMQ does not work');
  });
  return load();
}
