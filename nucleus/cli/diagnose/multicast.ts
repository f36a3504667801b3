import { DEFAULT_MULTICAST, MulticastBeacon } from '../../beacon/multicast-beacon.js';
import { systemClock } from '../../clock.js';
import { isLoopbackHost } from '../../endpoint.js';
import { hostId } from '../../host-id.js';
import { silentLogger } from '../../logger.js';
import { ok, problem, warning, type Check, type Finding } from './check.js';
import { newId } from './new-id.js';

const LOOPBACK = '127.0.0.1';
const PATIENCE = 1500;
const STEP = 20;

/** Sends a datagram and hears it: on the loopback, and on the interface that is configured. */
export const multicast: Check = {
  name: 'multicast',
  async run({ options }) {
    if (options.multicast === 'off') return [ok('off (ATOM_MULTICAST)')];
    const place = { ...DEFAULT_MULTICAST, ...options.multicast };
    const others = isLoopbackHost(options.bind) ? [] : [options.bind];
    const findings = await Promise.all([LOOPBACK, ...others].map((bind) => tryOn(bind, place)));
    const elsewhere = findings[0]?.level === 'problem' && findings.some(({ level }) => level === 'ok');
    // Who is bound to another interface does not need the loopback's.
    return elsewhere ? findings.map((finding) => ({ ...finding, level: lessened(finding) })) : findings;
  },
};

const lessened = ({ level }: Finding): Finding['level'] => (level === 'problem' ? 'warning' : level);

async function tryOn(bind: string, place: { group: string; port: number }): Promise<Finding> {
  const where = `${place.group}:${place.port} on ${bind === '0.0.0.0' ? 'all interfaces' : bind}`;
  const beacon = new MulticastBeacon({ ...place, bind, clock: systemClock, logger: silentLogger });
  const instance = newId();
  // Nobody is of this environment, so that nobody answers.
  const environment = `diagnose-${instance}`;
  let heardAt: number | undefined;
  beacon.open({
    heard: (message) => {
      if (message.instance === instance) heardAt ??= performance.now();
    },
    up: () => undefined,
  });
  const begin = performance.now();
  for (let step = 0; heardAt === undefined && performance.now() - begin < PATIENCE; step++) {
    if (step % 5 === 0) {
      const about = { kind: 'query', revision: 0, endpoint: '', every: 1000, services: [] } as const;
      beacon.send({ ...about, environment, instance, host: hostId() });
    }
    await new Promise((resolve) => setTimeout(resolve, STEP));
  }
  const { state, detail } = beacon.status();
  await beacon.close();
  if (heardAt !== undefined) {
    if (!/malformed/.test(detail)) return ok(`heard what was sent to ${where}`);
    const mend = `Give this mesh a group or port of its own (ATOM_MULTICAST=group:port) if that is not wanted.`;
    return warning(`somebody else, or another version of atomjs, speaks in ${where}`, mend);
  }
  const mend =
    'Allow UDP multicast there (firewall, container network), or name another way: ATOM_NUCLEUS, ATOM_REDIS_URL ' +
    'or ATOM_SEEDS. Say ATOM_MULTICAST=off where it is not wanted.';
  return problem(
    state === 'down' ? `does not work: ${detail}` : `nothing was heard of what was sent to ${where}`,
    mend,
  );
}
