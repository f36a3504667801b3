import { isIP } from 'node:net';
import { BootstrapError } from '../errors.js';
import { isLoopbackHost } from '../../nucleus/endpoint.js';
import type { Logger } from '../../nucleus/logger.js';
import type { NucleusOption } from '../../nucleus/nucleus-option.js';
import type { MulticastOption } from '../../nucleus/multicast-option.js';
import { type DiscoveryOptions, multicast, nucleus, redis, seeds, splitList } from './discovery-options.js';
import { type LiveEventOptions, resolveEvents, type ResolvedEvents } from './live-event-options.js';
import { unknownOption } from './unknown-option.js';
import { DEFAULT_BUDGET, DEFAULT_MAX_BODY } from '../transport/transport.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** How durable events are kept and handled. They need Redis. */
export interface DurableOptions {
  /** Deliveries of an event, the first included, before it becomes a dead letter. Default 5. */
  readonly deliveries?: number;
  /** From a failure to the second delivery, ms; doubled each time, at most a minute, less up to a quarter. Default 1,000. */
  readonly retryDelay?: number;
  /** How long an instance that says nothing keeps what it has taken, ms; after that others handle it. Default 10,000. */
  readonly visibility?: number;
  /** Events that may wait in one group; past it publishing is refused. Default 1,000,000. */
  readonly maxBacklog?: number;
  /** Events that may wait in this process to be written, such as while Redis is away. Default 10,000. */
  readonly spillEvents?: number;
  /** The same in characters. Default 16 Mi. */
  readonly spillSize?: number;
}

/** Every option has a default that works on one machine with nothing else installed. */
export interface AtomOptions {
  /** Services of different environments never see one another. `ATOM_ENV`. Default `default`. */
  readonly environment?: string;
  /** What others connect to: an address or a name. `ATOM_HOST`. Default `127.0.0.1`. */
  readonly host?: string;
  /** What the sockets listen on. `ATOM_BIND`. Default: `host` where that is an address, else all. */
  readonly bind?: string;
  /** Requests and signals. `ATOM_PORT`. Default 0: the system chooses. */
  readonly port?: number;
  /** Events. `ATOM_EVENTS_PORT`. Default 0: the system chooses. */
  readonly eventsPort?: number;
  /** Allows an interface other than loopback without encryption. `ATOM_INSECURE=true`. Default false. */
  readonly insecure?: boolean;
  readonly discovery?: DiscoveryOptions;
  /** Deadline of a request that names none, ms. Default 10,000. */
  readonly requestTimeout?: number;
  /** How long after the start a request waits for a service that is not known yet, ms. Default 1,000. */
  readonly discoveryGrace?: number;
  /** How long `publish` waits for subscribers that are announced but not connected yet, ms. Default 1,000. */
  readonly subscriberWait?: number;
  /** How long `close` lets handlers finish, and then the `onClose` hooks, ms each. Default 10,000. */
  readonly drainTimeout?: number;
  /** Largest message, in bytes of JSON. Default 1 MiB. */
  readonly maxBody?: number;
  /** Bytes that may wait for one recipient. Default 16 MiB. */
  readonly budget?: number;
  readonly events?: LiveEventOptions;
  readonly durable?: DurableOptions;
  /** Requests that all services together run at a time; ten times as many may wait. Default: no limit. */
  readonly concurrency?: number;
  /**
   * SIGTERM and SIGINT drain and exit: 0, also when handlers were cut off after `drainTimeout`; 1 when a hook failed or
   * did not return, or at a second signal. Default true.
   */
  readonly shutdownSignals?: boolean;
  /**
   * A promise that is rejected and that nobody awaits, as a handler may leave behind, is logged and does not end the
   * process. Default true; false for clients that serve nothing.
   */
  readonly surviveRejections?: boolean;
  /** Default: pino, pretty on a terminal. `false` says nothing. */
  readonly logger?: Logger | false;
  /** Of the default logger. `ATOM_LOG_LEVEL`. Default `info`. */
  readonly logLevel?: LogLevel;
}

/** Options with every default filled in. */
export interface ResolvedOptions {
  readonly environment: string;
  readonly host: string;
  readonly bind: string;
  readonly port: number;
  readonly eventsPort: number;
  readonly insecure: boolean;
  readonly redis: DiscoveryOptions['redis'];
  readonly nucleus: NucleusOption;
  readonly multicast: MulticastOption;
  readonly seeds: readonly string[];
  readonly requestTimeout: number;
  readonly discoveryGrace: number;
  readonly subscriberWait: number;
  readonly drainTimeout: number;
  readonly maxBody: number;
  readonly budget: number;
  readonly events: ResolvedEvents;
  readonly durable: Required<DurableOptions>;
  readonly concurrency: number | undefined;
  readonly shutdownSignals: boolean;
  readonly surviveRejections: boolean;
  readonly logger: Logger | false | undefined;
  readonly logLevel: LogLevel;
}

const KNOWN: readonly (keyof AtomOptions)[] = [
  'environment',
  'host',
  'bind',
  'port',
  'eventsPort',
  'insecure',
  'discovery',
  'requestTimeout',
  'discoveryGrace',
  'subscriberWait',
  'drainTimeout',
  'maxBody',
  'budget',
  'events',
  'durable',
  'concurrency',
  'shutdownSignals',
  'surviveRejections',
  'logger',
  'logLevel',
];
const KNOWN_DISCOVERY: readonly (keyof DiscoveryOptions)[] = ['redis', 'nucleus', 'multicast', 'seeds'];
const KNOWN_DURABLE: readonly (keyof DurableOptions)[] = [
  'deliveries',
  'retryDelay',
  'visibility',
  'maxBacklog',
  'spillEvents',
  'spillSize',
];
const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error', 'silent'];

/**
 * Checks what was given and fills in the rest, from the environment's variables and then the defaults.
 * @throws BootstrapError naming each wrong option and its mend
 */
export function resolveOptions(
  options: AtomOptions,
  given: NodeJS.ProcessEnv = process.env,
): ResolvedOptions {
  // An empty variable is one that is not set: compose files and the like pass them so.
  const env = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const problems: string[] = [];
  const checkKeys = (given: object, known: readonly string[], where: string, groups = {}): void => {
    for (const key of Object.keys(given)) {
      if (!known.includes(key)) problems.push(unknownOption(key, known, where, groups));
    }
  };
  checkKeys(options, KNOWN, '', { discovery: KNOWN_DISCOVERY, durable: KNOWN_DURABLE });
  const discovery = options.discovery ?? {};
  checkKeys(discovery, KNOWN_DISCOVERY, 'discovery.');

  const number = (
    name: keyof AtomOptions | `durable.${keyof DurableOptions}` | `events.${string}`,
    given: unknown,
    fallback: number,
    least: number,
    most: number,
  ): number => {
    if (given === undefined) return fallback;
    const value = typeof given === 'string' ? Number(given) : given;
    if (typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most) return value;
    problems.push(`option '${name}' is ${JSON.stringify(given)}; give a number from ${least} to ${most}`);
    return fallback;
  };
  const durable = options.durable ?? {};
  checkKeys(durable, KNOWN_DURABLE, 'durable.');
  const whole = (name: keyof DurableOptions, fallback: number, least: number): number =>
    Math.floor(number(`durable.${name}`, durable[name], fallback, least, 2 ** 31 - 1));
  const port = (name: 'port' | 'eventsPort', variable: string): number => {
    const value = number(name, options[name] ?? env[variable], 0, 0, 65_535);
    if (!Number.isInteger(value)) problems.push(`option '${name}' is ${value}; a port is a whole number`);
    return value;
  };
  const ms = (name: keyof AtomOptions, fallback: number, least = 0): number =>
    number(name, options[name], fallback, least, 2 ** 31 - 1);

  const environment = options.environment ?? env.ATOM_ENV ?? 'default';
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(environment)) {
    problems.push(
      `option 'environment' (ATOM_ENV) is '${environment}'; use up to 64 letters, digits, '-', '_' and '.'`,
    );
  }
  const logLevel = options.logLevel ?? env.ATOM_LOG_LEVEL ?? 'info';
  if (!LEVELS.includes(logLevel)) {
    problems.push(`option 'logLevel' (ATOM_LOG_LEVEL) is '${logLevel}'; give one of ${LEVELS.join(', ')}`);
  }
  const host = options.host ?? env.ATOM_HOST ?? '127.0.0.1';
  const bind = options.bind ?? env.ATOM_BIND ?? (isIP(host) === 0 && host !== 'localhost' ? '0.0.0.0' : host);
  const insecure = options.insecure ?? (env.ATOM_INSECURE === 'true' || env.ATOM_INSECURE === '1');
  if (!insecure && !isLoopbackHost(bind)) {
    problems.push(
      `the sockets would listen on ${bind}, where any machine that reaches it can send requests unencrypted; ` +
        "bind to 127.0.0.1 (option 'bind', ATOM_BIND), or say 'insecure: true' (ATOM_INSECURE=true) on a network that you trust",
    );
  }
  const { concurrency } = options;
  if (concurrency !== undefined && !(Number.isSafeInteger(concurrency) && concurrency >= 1)) {
    problems.push(`option 'concurrency' is ${JSON.stringify(concurrency)}; give a whole number from 1`);
  }
  const resolved: ResolvedOptions = {
    environment,
    host: host === 'localhost' ? '127.0.0.1' : host,
    bind: bind === 'localhost' ? '127.0.0.1' : bind,
    port: port('port', 'ATOM_PORT'),
    eventsPort: port('eventsPort', 'ATOM_EVENTS_PORT'),
    insecure,
    redis: redis(discovery.redis ?? env.ATOM_REDIS_URL, problems),
    nucleus: nucleus(discovery.nucleus ?? env.ATOM_NUCLEUS, problems),
    multicast: multicast(discovery.multicast ?? env.ATOM_MULTICAST, problems),
    seeds: seeds(discovery.seeds ?? splitList(env.ATOM_SEEDS), problems),
    requestTimeout: ms('requestTimeout', 10_000, 1),
    discoveryGrace: ms('discoveryGrace', 1000),
    subscriberWait: ms('subscriberWait', 1000),
    drainTimeout: ms('drainTimeout', 10_000),
    maxBody: number('maxBody', options.maxBody, DEFAULT_MAX_BODY, 1024, 256 * 1024 * 1024),
    budget: number('budget', options.budget, DEFAULT_BUDGET, 64 * 1024, 4 * 1024 ** 3),
    events: resolveEvents(options.events ?? {}, {
      number,
      keys: checkKeys,
      problem: (text) => void problems.push(text),
    }),
    durable: {
      deliveries: whole('deliveries', 5, 1),
      retryDelay: whole('retryDelay', 1000, 1),
      visibility: whole('visibility', 10_000, 100),
      maxBacklog: whole('maxBacklog', 1_000_000, 1),
      spillEvents: whole('spillEvents', 10_000, 1),
      spillSize: whole('spillSize', 16 * 1024 ** 2, 1024),
    },
    concurrency: options.concurrency,
    shutdownSignals: options.shutdownSignals ?? true,
    surviveRejections: options.surviveRejections ?? true,
    logger: options.logger,
    logLevel: logLevel as LogLevel,
  };
  if (problems.length > 0) throw new BootstrapError(problems);
  return resolved;
}
