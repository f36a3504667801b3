import { counted, listed, ok, problem, warning, type Check, type Finding } from './check.js';
import type { MeshSight, Sighting } from './mesh-sight.js';
import { isRedisMalformed } from './with-redis.js';

const MOST_SHOWN = 20;
const REACHABLE =
  "Let it announce an address that others reach (option 'host', ATOM_HOST; 'bind' where they differ) and open its ports.";

/** Each instance that a source tells of is reached where it says that it is. */
export const instances: Check = {
  name: 'instances',
  async run(context) {
    const sight = await context.mesh();
    const { instances: all, unasked, away } = sight;
    const wrong = all.flatMap(findingOf);
    const reached = all.length - wrong.length;
    const more = unasked > 0 ? `; ${unasked} more were not asked` : '';
    const blind = isRedisMalformed(context) ? [...away, 'Redis: its URL is malformed'] : away;
    const without = blind.length > 0 ? ` (without ${blind.join(', ')})` : '';
    const text =
      all.length === 0
        ? `none in environment '${context.options.environment}'`
        : `${reached} of ${all.length} answer where they say that they are${more}`;
    const sum = reached > 0 || wrong.length === 0 ? [ok(`${text}${without}`)] : [];
    const left = wrong.length - MOST_SHOWN;
    const rest = left > 0 ? [problem(`and ${left} more`, 'Mend the first ones and run this again.')] : [];
    return [...sum, ...wrong.slice(0, MOST_SHOWN), ...rest, ...others(sight, context.options.environment)];
  },
};

/** What is heard of other environments: to be mended where nothing is served in this one. */
function others({ instances: all, elsewhere }: MeshSight, environment: string): readonly Finding[] {
  if (elsewhere.size === 0) return [];
  const names = [...elsewhere].map(([name, ids]) => `'${name}' (${counted(ids.size, 'instance')})`);
  const text = `heard in other environments: ${listed(names.sort(), MOST_SHOWN)}`;
  if (all.some(({ record }) => record === undefined || record.services.length > 0)) return [ok(text)];
  const mend = `Environments never see one another: start all with the same ATOM_ENV. Here it is '${environment}'.`;
  return [warning(text, mend)];
}

function findingOf(sighting: Sighting): readonly Finding[] {
  const { answer, endpoint, instance } = sighting;
  const who = nameOf(sighting);
  if (answer.state === 'elsewhere') {
    return [problem(`${who} runs on another host and announces its own loopback, ${endpoint}`, REACHABLE)];
  }
  if (answer.state === 'unreachable') {
    const mend = `If it was just killed, it is taken off within 10 s. ${REACHABLE}`;
    return [problem(`${who} announces ${endpoint}, which is not reached from here: ${answer.reason}`, mend)];
  }
  if (answer.state === 'mute') {
    const mend = 'It may be frozen (look at its process), of another version of atomjs, or somebody else.';
    return [problem(`${who}: something listens on ${endpoint} and does not answer`, mend)];
  }
  if (isId(instance) && answer.record.id !== instance) {
    const mend = 'Nothing: it has gone, another has its port, and its record is taken off within 10 s.';
    return [warning(`${who} is told of on ${endpoint}, where another instance answers`, mend)];
  }
  if (!answer.events) {
    const events = answer.record.eventsEndpoint;
    return [problem(`${who} is reached, but not for events, on ${events}`, REACHABLE)];
  }
  return [];
}

function nameOf({ record, instance, sources }: Sighting): string {
  const names = record?.services.map(({ name }) => name) ?? [];
  const shown = names.length > 0 ? names.slice(0, 3).join(', ') : isId(instance) ? 'an instance' : 'a seed';
  return `${shown}${isId(instance) ? ` (${instance.slice(0, 8)}, by ${sources.join(' and ')})` : ''}`;
}

const isId = (instance: string): boolean => /^[0-9a-f]{32}$/.test(instance);
