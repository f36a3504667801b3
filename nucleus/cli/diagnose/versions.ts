import { RECORD_VERSION, type InstanceRecord } from '../../instance-record.js';
import { isObject, parseJson } from '../../record-check.js';
import { RedisLayout } from '../../registry/redis-layout.js';
import { counted, ok, warning, type Check, type DiagnoseContext, type Finding } from './check.js';
import { unlikeServices } from './unlike-services.js';
import { withRedis } from './with-redis.js';

const MOST = 2000;
const CHUNK = 64;

/** One version of each service and lexeme, and of the records themselves; the instances of a version offer the same. */
export const versions: Check = {
  name: 'versions',
  async run(context) {
    const { instances } = await context.mesh();
    const records = instances.flatMap(({ record }) => record ?? []);
    const findings = [
      ...mixedServices(records),
      ...unlikeServices(records),
      ...mixedLexemes(records),
      ...(await otherRecords(context)),
    ];
    if (findings.length > 0) return findings;
    const alike =
      'each service and each lexeme has one version, and all instances of a service offer the same';
    return [ok(records.length === 0 ? 'nothing to compare' : alike)];
  },
};

function mixedServices(records: readonly InstanceRecord[]): Finding[] {
  const all = records.flatMap(({ services }) => services);
  return mixed(all.map(({ name, version }) => [name, version])).map(([name, text]) =>
    warning(
      `${name} runs in several versions: ${text}`,
      'Fine while you roll out; otherwise restart the instances of the others (atom ps).',
    ),
  );
}

function mixedLexemes(records: readonly InstanceRecord[]): Finding[] {
  const all = records.flatMap(({ services }) => services.flatMap(({ lexemes }) => lexemes));
  return mixed(all.map(({ label, version }) => [label, `${version}`])).map(([label, text]) =>
    warning(
      `lexeme ${label} is declared in several versions: ${text}`,
      "Who knows a newer one takes the older with 'upcast'; who knows only the older refuses the newer: update those.",
    ),
  );
}

/** Names that have several versions, with how many there are of each. */
function mixed(pairs: readonly (readonly [name: string, version: string])[]): [string, string][] {
  const counts = new Map<string, Map<string, number>>();
  for (const [name, version] of pairs) {
    const versions = counts.get(name) ?? new Map<string, number>();
    counts.set(name, versions.set(version, (versions.get(version) ?? 0) + 1));
  }
  return [...counts]
    .filter(([, versions]) => versions.size > 1)
    .map(([name, versions]) => [
      name,
      [...versions].map(([version, count]) => `${version} (${counted(count, 'time')})`).join(', '),
    ]);
}

/** Records in Redis that this version of atomjs passes over. */
async function otherRecords({ options }: DiagnoseContext): Promise<readonly Finding[]> {
  if (options.redis === undefined) return [];
  const layout = new RedisLayout(options.environment);
  const texts = await withRedis(options.redis, async (client) => {
    const ids = Object.keys(await client.hgetall(layout.index)).slice(0, MOST);
    const found: (string | null)[] = [];
    for (let at = 0; at < ids.length; at += CHUNK) {
      found.push(...(await client.mget(ids.slice(at, at + CHUNK).map((id) => layout.record(id)))));
    }
    return found;
  }).catch(() => []);
  const others = new Set<string>();
  for (const text of texts) {
    const value = text === null ? undefined : parseJson(text);
    if (text !== null && (!isObject(value) || value.v !== RECORD_VERSION)) {
      others.add(isObject(value) ? String(value.v) : 'none');
    }
  }
  if (others.size === 0) return [];
  const text = `Redis holds records of version ${[...others].join(', ')}; this atomjs knows ${RECORD_VERSION}`;
  return [
    warning(
      text,
      'Use one major version of atomjs in an environment, or an environment for each (ATOM_ENV).',
    ),
  ];
}
