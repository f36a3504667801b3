import { hint } from '../../../lib/metadata/closest.js';
import { ok, problem, warning, type Check } from './check.js';

/** Every environment variable that something of atomjs reads. */
export const KNOWN_VARIABLES: readonly string[] = [
  'ATOM_BIND',
  'ATOM_ENV',
  'ATOM_EVENTS_PORT',
  'ATOM_HOME',
  'ATOM_HOST',
  'ATOM_INSECURE',
  'ATOM_LOG_LEVEL',
  'ATOM_MULTICAST',
  'ATOM_NUCLEUS',
  'ATOM_PORT',
  'ATOM_REDIS_URL',
  'ATOM_SEEDS',
];
/** Read by atomjs's own specs. */
const OF_SPECS = 'ATOM_SPEC_';

/** What the environment says is understood. */
export const variables: Check = {
  name: 'variables',
  async run({ env, malformed }) {
    const set = Object.keys(env).filter((name) => name.startsWith('ATOM_') && !name.startsWith(OF_SPECS));
    const unknown = set.filter((name) => !KNOWN_VARIABLES.includes(name));
    const findings = [
      ...malformed.map((text) => problem(text, 'Services refuse to start with it.')),
      ...unknown.map((name) =>
        warning(
          `${name} is set, and nothing reads it${meant(name)}`,
          `Known are ${KNOWN_VARIABLES.join(', ')}.`,
        ),
      ),
    ];
    if (findings.length > 0) return findings;
    return [ok(set.length === 0 ? 'none is set: defaults everywhere' : `${set.sort().join(', ')}`)];
  },
};

function meant(name: string): string {
  const longer = KNOWN_VARIABLES.find((known) => known.startsWith(name));
  return longer === undefined ? hint(name, KNOWN_VARIABLES) : ` (did you mean '${longer}'?)`;
}
