import { setTimeout as sleep } from 'node:timers/promises';

/*
 * A process that was started `detached` leads a group of its own: what it starts in turn belongs to it, and can
 * be ended with it. Windows has no such groups; there only the process itself is meant.
 */
const ON_WINDOWS = process.platform === 'win32';
const LOOK_EVERY = 20;
/** A killed process that is stuck in the kernel, or that nobody buries, is not waited for. */
const AFTER_KILL = 1000;

/** Sends a signal to every process of the group; false when there is none. Signal 0 only asks. */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(ON_WINDOWS ? leader : -leader, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Resolves when the group is empty: SIGTERM, and SIGKILL after `grace` ms. */
export async function endGroup(leader: number, grace: number): Promise<void> {
  if (!signalGroup(leader, 'SIGTERM') || (await isGone(leader, grace))) return;
  signalGroup(leader, 'SIGKILL');
  await isGone(leader, AFTER_KILL);
}

async function isGone(leader: number, within: number): Promise<boolean> {
  const end = performance.now() + within;
  while (signalGroup(leader, 0)) {
    if (performance.now() >= end) return false;
    await sleep(LOOK_EVERY);
  }
  return true;
}
