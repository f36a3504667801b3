import type { ResolvedOptions } from '../../../lib/application/options.js';
import { MulticastBeacon } from '../../beacon/multicast-beacon.js';
import { systemClock } from '../../clock.js';
import { isLoopback } from '../../endpoint.js';
import { hostId } from '../../host-id.js';
import type { InstanceRecord } from '../../instance-record.js';
import { silentLogger } from '../../logger.js';
import type { Registry } from '../../registry/registry.js';
import { askAll, type Answer } from './ask-all.js';
import { newId } from './new-id.js';

/** One instance that a source tells of, and what became of asking it. */
export interface Sighting {
  readonly instance: string;
  readonly endpoint: string;
  /** Host id. */
  readonly host: string;
  /** Such as `redis`, `nucleus`, `multicast`, `seeds`. */
  readonly sources: readonly string[];
  /** What the source holds, or what the instance answered, which is newer. */
  readonly record?: InstanceRecord;
  readonly answer: Answer | { readonly state: 'elsewhere' };
}

export interface MeshSight {
  readonly instances: readonly Sighting[];
  /** How many were told of and not asked: there were too many. */
  readonly unasked: number;
  /** Sources that were not there, with the reason. */
  readonly away: readonly string[];
  /** By name of another environment: the instances of it that serve something and were heard by multicast. */
  readonly elsewhere: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Rumour {
  endpoint: string;
  host: string;
  sources: Set<string>;
  record?: InstanceRecord;
}

/** How long sources are listened to, ms: beacons speak at least every 1.2 s, and all answer a question sooner. */
const LISTEN = 1500;
const STEP = 20;
const MOST = 2000;

/** Listens to every source for a moment, and asks each instance that one tells of. Announces nothing. */
export async function lookAround(options: ResolvedOptions): Promise<MeshSight> {
  const rumours = new Map<string, Rumour>();
  const away: string[] = [];
  const elsewhere = new Map<string, Set<string>>();
  for (const seed of options.seeds) note(rumours, seed, { endpoint: seed, host: '' }, 'seeds');
  const registries = await registriesOf(options);
  await Promise.all([
    ...registries.map((registry) => listen(registry, rumours, away)),
    hear(options, rumours, elsewhere),
  ]);
  const own = hostId();
  const all = [...rumours].slice(0, MOST);
  const isElsewhere = ({ host, endpoint }: Rumour): boolean =>
    host !== '' && host !== own && isLoopback(endpoint);
  const endpoints = all.filter(([, rumour]) => !isElsewhere(rumour)).map(([, { endpoint }]) => endpoint);
  const answers = await askAll([...new Set(endpoints)]);
  const instances = all.map(([instance, rumour]): Sighting => {
    const { endpoint, host, sources, record: told } = rumour;
    const answer = isElsewhere(rumour) ? undefined : answers.get(endpoint);
    const record = answer?.state === 'answered' ? answer.record : told;
    return {
      instance,
      endpoint,
      host,
      sources: [...sources].sort(),
      ...(record && { record }),
      answer: answer ?? { state: 'elsewhere' },
    };
  });
  return { instances, unasked: rumours.size - all.length, away, elsewhere };
}

async function registriesOf({ environment, redis, nucleus }: ResolvedOptions): Promise<readonly Registry[]> {
  const common = { environment, clock: systemClock, random: Math.random, logger: silentLogger };
  const registries: Registry[] = [];
  if (redis !== undefined) {
    const { RedisRegistry } = await import('../../registry/redis-registry.js');
    registries.push(new RedisRegistry({ ...common, redis }));
  }
  if (nucleus.endpoints.length > 0) {
    const { NucleusRegistry } = await import('../../registry/nucleus-registry.js');
    const { expected } = nucleus;
    registries.push(
      ...nucleus.endpoints.map((endpoint) => new NucleusRegistry({ ...common, endpoint, expected })),
    );
  }
  return registries;
}

/** What a registry holds now. */
async function listen(registry: Registry, rumours: Map<string, Rumour>, away: string[]): Promise<void> {
  const { name } = registry.status();
  registry.open({
    found: (record) => note(rumours, record.id, record, name, record),
    left: () => undefined,
    lost: () => undefined,
  });
  const end = performance.now() + LISTEN;
  while (registry.status().state === 'connecting' && performance.now() < end) await pause(STEP);
  const { state, detail } = registry.status();
  if (state !== 'up' && state !== 'off') away.push(detail);
  await registry.close();
}

/** Who speaks in the multicast group, having been asked. */
async function hear(
  options: ResolvedOptions,
  rumours: Map<string, Rumour>,
  elsewhere: Map<string, Set<string>>,
): Promise<void> {
  const { multicast, bind, environment } = options;
  if (multicast === 'off') return;
  const beacon = new MulticastBeacon({ ...multicast, bind, clock: systemClock, logger: silentLogger });
  const question = { kind: 'query', environment, host: hostId(), instance: newId() } as const;
  beacon.open({
    heard: (message) => {
      if (message.revision === 0 || message.kind === 'goodbye') return;
      if (message.environment === environment) note(rumours, message.instance, message, 'multicast');
      else if (message.services.length > 0) {
        const known = elsewhere.get(message.environment) ?? new Set();
        elsewhere.set(message.environment, known.add(message.instance));
      }
    },
    up: () => undefined,
  });
  const end = performance.now() + LISTEN;
  for (let asked = 0; performance.now() < end; asked++) {
    if (asked % 10 === 0) beacon.send({ ...question, revision: 0, endpoint: '', every: 1000, services: [] });
    await pause(STEP);
  }
  await beacon.close();
}

function note(
  rumours: Map<string, Rumour>,
  instance: string,
  { endpoint, host }: { readonly endpoint: string; readonly host: string },
  source: string,
  record?: InstanceRecord,
): void {
  const known = rumours.get(instance);
  if (known === undefined) {
    rumours.set(instance, { endpoint, host, sources: new Set([source]), ...(record && { record }) });
    return;
  }
  known.sources.add(source);
  if (record !== undefined && record.revision >= (known.record?.revision ?? 0)) {
    Object.assign(known, { endpoint, host, record });
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
