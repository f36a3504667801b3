import { relative } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { GlobalOptions } from '../global-options.js';
import { fail, print } from '../output.js';
import type { ServicePlan } from '../startenv/environment.js';

interface StartenvOptions extends GlobalOptions {
  readonly only?: string;
  readonly dryRun?: boolean;
}

/** Longer than services take to drain (10 s). */
const GRACE = 12_000;

const HELP = `
Examples:
  $ atom startenv services.yaml
  $ atom startenv services.yaml --only orders,stock
  $ atom startenv services.yaml --dry-run     checks the file, and lists what would be started

The file, in YAML or JSON:
  environment:                  # variables for every service
    ATOM_LOG_LEVEL: warn
  services:
    orders:
      command: node dist/main.js
      directory: ./orders       # counted from the file; without a command: npm start in it
      environment: { ATOM_PORT: 5000 }
      instances: 2              # default 1
      restarts: on-failure      # or never, always; default on-failure

The INI form of older versions is read too: [interface:@shop/orders] with dir and port.
Restarts come after 0.5 s, then twice as long each time, up to 30 s; on-failure gives up after 10 in a row.
Ctrl-C ends all in order (SIGTERM, and SIGKILL after --timeout, default ${GRACE} ms), a second one at once.
The exit code is 1 when a service failed for good.
`;

/** `atom startenv <config>`: starts every service of a file, and ends them all. */
export function registerStartenv(program: Command): void {
  program
    .command('startenv')
    .summary('start every service of a file, with their logs side by side')
    .description('Starts every service of a file, in any order, with their logs side by side.')
    .argument('<config>', 'the file, YAML or JSON')
    .option('--only <names>', 'only these services, with commas')
    .option('--dry-run', 'check the file and say what would be started')
    .addHelpText('after', HELP)
    .action(async (config: string, _options: unknown, command: Command) => {
      await startenv(config, command.optsWithGlobals<StartenvOptions>());
    });
}

async function startenv(config: string, options: StartenvOptions): Promise<void> {
  const plans = await chosen(await plansOf(config), options.only);
  if (options.dryRun === true) {
    const table = await planTable(plans);
    return print(plans, { ...options, table });
  }
  const { runEnvironment } = await import('../startenv/run-environment.js');
  const failed = await runEnvironment(plans, {
    grace: options.timeout ?? GRACE,
    variables: variablesOf(options),
  });
  process.exitCode = failed.length > 0 ? EXIT.FAILED : EXIT.OK;
}

async function plansOf(config: string): Promise<readonly ServicePlan[]> {
  const { readConfig } = await import('../startenv/config-source.js');
  const { checkConfig } = await import('../startenv/check-config.js');
  const { ConfigError } = await import('../startenv/environment.js');
  try {
    return checkConfig(readConfig(config), config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { length } = error.problems;
    return fail(
      `${config} has ${length === 1 ? 'a problem' : `${length} problems`}; nothing was started`,
      error.problems.map((problem) => `  ${problem}`).join('\n'),
      EXIT.USAGE,
    );
  }
}

async function chosen(
  plans: readonly ServicePlan[],
  only: string | undefined,
): Promise<readonly ServicePlan[]> {
  if (only === undefined) return plans;
  const { hint } = await import('../../../lib/metadata/closest.js');
  const known = plans.map(({ name }) => name);
  const wanted = only
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0 || wanted.length === 0) {
    fail(
      unknown.map((name) => `no service '${name}' in the file${hint(name, known)}`).join('; ') ||
        '--only names no service',
      `It has ${known.join(', ')}.`,
      EXIT.USAGE,
    );
  }
  return plans.filter(({ name }) => wanted.includes(name));
}

/** What is said on the command line of the mesh, for the services. */
function variablesOf({
  env,
  redis,
  nucleus,
  seeds,
  multicast,
  debug,
}: GlobalOptions): Record<string, string> {
  const given = {
    ATOM_ENV: env,
    ATOM_REDIS_URL: redis,
    ATOM_NUCLEUS: nucleus,
    ATOM_SEEDS: seeds,
    ATOM_MULTICAST: multicast,
    ATOM_LOG_LEVEL: debug === true ? 'debug' : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter((entry) => entry[1] !== undefined)) as Record<
    string,
    string
  >;
}

async function planTable(plans: readonly ServicePlan[]): Promise<() => string> {
  const { cell, table } = await import('../table.js');
  const columns = [
    { title: 'SERVICE' },
    { title: 'INSTANCES', align: 'right' as const },
    { title: 'RESTARTS' },
    { title: 'DIRECTORY' },
    { title: 'COMMAND' },
    { title: 'ENVIRONMENT' },
  ];
  const rows = plans.map(({ name, instances, restarts, directory, command, environment }) => [
    name,
    `${instances}`,
    restarts,
    relative(process.cwd(), directory) || '.',
    typeof command === 'string' ? command : command.join(' '),
    Object.keys(environment).join(', '),
  ]);
  return () =>
    table(
      columns,
      rows.map((row) => row.map(cell)),
    );
}
