import { expect } from 'chai';
import { resolveOptions } from '../../../lib/application/options.js';
import { BootstrapError } from '../../../lib/errors.js';
import { REDIS_URL_FORM } from '../../../nucleus/registry/redis-url.js';

function problems(options: object, env: NodeJS.ProcessEnv = {}): readonly string[] {
  try {
    resolveOptions(options, env);
  } catch (error) {
    if (error instanceof BootstrapError) return error.problems;
    throw error;
  }
  return [];
}

describe('options', () => {
  it('are refused with an error that a terminal shows each problem of once', () => {
    const error = new BootstrapError(['a', 'b']);
    expect(error.problems).to.deep.equal(['a', 'b']);
    expect(Object.keys(error)).to.not.include('problems');
  });

  it('have defaults that work on one machine', () => {
    expect(resolveOptions({}, {})).to.deep.include({
      environment: 'default',
      host: '127.0.0.1',
      bind: '127.0.0.1',
      port: 0,
      eventsPort: 0,
      insecure: false,
      redis: undefined,
      nucleus: { endpoints: ['tcp://127.0.0.1:7993'], expected: false },
      multicast: {},
      seeds: [],
      requestTimeout: 10_000,
      discoveryGrace: 1000,
      subscriberWait: 1000,
      drainTimeout: 10_000,
      maxBody: 1_048_576,
      budget: 16_777_216,
      shutdownSignals: true,
      logLevel: 'info',
    });
  });

  const env = {
    ATOM_ENV: 'test',
    ATOM_HOST: 'localhost',
    ATOM_BIND: '::1',
    ATOM_PORT: '5000',
    ATOM_EVENTS_PORT: '5001',
    ATOM_REDIS_URL: 'redis://r',
    ATOM_NUCLEUS: 'tcp://n:7993, tcp://m:7993',
    ATOM_SEEDS: 'tcp://a:1, tcp://b:2,',
    ATOM_MULTICAST: '239.1.2.3:4567',
    ATOM_LOG_LEVEL: 'warn',
    ATOM_INSECURE: '1',
  };

  it('come from the environment, and from code before that', () => {
    expect(resolveOptions({}, env)).to.deep.include({
      environment: 'test',
      host: '127.0.0.1',
      bind: '::1',
      port: 5000,
      eventsPort: 5001,
      redis: 'redis://r',
      nucleus: { endpoints: ['tcp://n:7993', 'tcp://m:7993'], expected: true },
      seeds: ['tcp://a:1', 'tcp://b:2'],
      multicast: { group: '239.1.2.3', port: 4567 },
      logLevel: 'warn',
      insecure: true,
    });
    const given = resolveOptions(
      { environment: 'code', port: 1, discovery: { multicast: 'off', seeds: [] }, insecure: false },
      env,
    );
    expect(given).to.deep.include({ environment: 'code', port: 1, multicast: 'off', seeds: [] });
    expect(given.insecure).to.equal(false);
    expect(resolveOptions({ discovery: { nucleus: 'off' } }, env).nucleus.endpoints).to.be.empty;
  });

  it('count an empty variable as one that is not set', () => {
    const empty = Object.fromEntries(Object.keys(env).map((name) => [name, '']));
    expect(resolveOptions({}, empty)).to.deep.equal(resolveOptions({}, {}));
  });

  const mistakes: [what: string, options: object, text: string][] = [
    ['an unknown option', { prot: 1 }, "unknown option 'prot' (did you mean 'port'?)"],
    [
      'one of discovery’s, beside it',
      { redis: 'x' },
      "unknown option 'redis' (did you mean 'discovery.redis'?)",
    ],
    ['the same, mistyped', { reids: 1 }, "unknown option 'reids' (did you mean 'discovery.redis'?)"],
    [
      'one that is like no other',
      { durable: { whatever: 1 } },
      "unknown option 'durable.whatever'; it takes deliveries, retryDelay, visibility, maxBacklog, spillEvents, spillSize",
    ],
    [
      'an unknown option of discovery',
      { discovery: { seed: [] } },
      "unknown option 'discovery.seed' (did you mean 'seeds'?)",
    ],
    ['a port out of range', { port: 70_000 }, "option 'port' is 70000; give a number from 0 to 65535"],
    ['a port that is not whole', { port: 80.5 }, "option 'port' is 80.5; a port is a whole number"],
    [
      'a time that is text',
      { requestTimeout: 'soon' },
      `option 'requestTimeout' is "soon"; give a number from 1 to 2147483647`,
    ],
    [
      'no time at all',
      { requestTimeout: 0 },
      "option 'requestTimeout' is 0; give a number from 1 to 2147483647",
    ],
    [
      'an environment with other signs',
      { environment: 'a b' },
      "option 'environment' (ATOM_ENV) is 'a b'; use up to 64 letters, digits, '-', '_' and '.'",
    ],
    [
      'an unknown log level',
      { logLevel: 'loud' },
      "option 'logLevel' (ATOM_LOG_LEVEL) is 'loud'; give one of debug, info, warn, error, silent",
    ],
    [
      'a multicast address without a port',
      { discovery: { multicast: '239.1.1.1' } },
      "option 'discovery.multicast' (ATOM_MULTICAST) is '239.1.1.1'; give 'off' or 'group:port'",
    ],
    [
      'a nucleus that is no endpoint',
      { discovery: { nucleus: 'localhost' } },
      "option 'discovery.nucleus' (ATOM_NUCLEUS): Nucleus 'localhost' is not an endpoint: write it as 'tcp://host:7993', or 'off' for none",
    ],
    [
      'a URL of Redis that is none',
      { discovery: { redis: 'localhost:6379' } },
      `option 'discovery.redis' (ATOM_REDIS_URL) is 'localhost:6379': ${REDIS_URL_FORM}`,
    ],
    [
      'a URL of Redis that is none, without its password',
      { discovery: { redis: 'redis://:s3cret@db:port' } },
      `option 'discovery.redis' (ATOM_REDIS_URL) is malformed: ${REDIS_URL_FORM}`,
    ],
    [
      'a seed that is no endpoint',
      { discovery: { seeds: ['host:1'] } },
      "option 'discovery.seeds' (ATOM_SEEDS) holds 'host:1'; write each as 'tcp://host:port'",
    ],
    [
      'a ring of a size that is none',
      { events: { replay: { messages: 0 } } },
      "option 'events.replay.messages' is 0; give a number from 1 to 10000000",
    ],
    [
      'a ring that is no option',
      { events: { replay: 'yes' } },
      'option \'events.replay\' is "yes"; give true, or { messages, bytes }',
    ],
    [
      'a listener for gaps that is no function',
      { events: { onGap: 1 } },
      "option 'events.onGap' is not a function; give (gap) => void",
    ],
    [
      'an interface that others reach',
      { host: '10.0.0.5' },
      "the sockets would listen on 10.0.0.5, where any machine that reaches it can send requests unencrypted; bind to 127.0.0.1 (option 'bind', ATOM_BIND), or say 'insecure: true' (ATOM_INSECURE=true) on a network that you trust",
    ],
  ];
  for (const [what, options, text] of mistakes) {
    it(`refuse ${what}, and say how to mend it`, () => {
      expect(problems(options)).to.deep.equal([text]);
    });
  }

  it('keep a ring only where they say so', () => {
    expect(resolveOptions({}, {}).events.replay).to.equal(undefined);
    const replay = { messages: 10_000, bytes: 8_388_608 };
    expect(resolveOptions({ events: { replay: true } }, {}).events.replay).to.deep.equal(replay);
    expect(resolveOptions({ events: { replay: { messages: 5 } } }, {}).events.replay).to.deep.equal({
      ...replay,
      messages: 5,
    });
  });

  it('tell of all mistakes at once', () => {
    expect(problems({ port: -1, nope: 1, environment: '' })).to.have.length(3);
  });

  it('refuse what a name stands for, which may be any interface, unless told to', () => {
    expect(problems({ host: 'db.example.org' })[0]).to.include('would listen on 0.0.0.0');
    expect(problems({ host: 'db.example.org', insecure: true })).to.deep.equal([]);
    expect(problems({ host: 'db.example.org', bind: '127.0.0.2' })).to.deep.equal([]);
  });
});
