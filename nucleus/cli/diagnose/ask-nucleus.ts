import { systemClock } from '../../clock.js';
import { knock } from '../../registry/knock.js';
import { withAddon } from './addon.js';

/** Who listens at an endpoint: a nucleus's registry, somebody else, or nobody. */
export type Listener = 'nucleus' | 'stranger' | 'nobody';

const PATIENCE = 2000;

/** Takes 6 s at most, and no time where nobody is. @throws NotPossible */
export async function askNucleusRegistry(endpoint: string): Promise<Listener> {
  try {
    await knock(endpoint, systemClock, PATIENCE, new AbortController().signal);
  } catch {
    return 'nobody';
  }
  const { NucleusLink } = await withAddon(() => import('../../registry/nucleus-link.js'));
  let answered = (): void => undefined;
  const answer = new Promise<void>((resolve) => (answered = resolve));
  const link = new NucleusLink(endpoint, systemClock, () => answered());
  try {
    await link.open();
    link.ask();
    await Promise.race([answer, link.wait(PATIENCE).then(() => Promise.reject(new Error('silent')))]);
    return 'nucleus';
  } catch {
    return 'stranger';
  } finally {
    link.end('asked');
  }
}
