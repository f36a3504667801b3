import type { Command } from 'commander';
import type { DeadLetter, DeadLetters } from '../../../lib/durable/dead-letters.js';
import type { DurableLog } from '../../../lib/durable/durable-log.js';
import { EXIT } from '../exit-codes.js';
import { environmentOf, type GlobalOptions, wholeNumber } from '../global-options.js';
import { fail, note, print } from '../output.js';
import { during } from '../progress.js';
import { cell, table } from '../table.js';

const EXAMPLES = `
Examples:
  $ atom dead-letters list                        what was given up, oldest first
  $ atom dead-letters list @shop/mail --limit 20
  $ atom dead-letters show 1753358400000-0        the event, and what its handler failed with
  $ atom dead-letters replay 1753358400000-0      has it handled again, as if it were new
  $ atom dead-letters drop --all @shop/mail
  $ atom dead-letters groups                      who listens durably, and how much waits
  $ atom dead-letters forget '@shop/mail order.*' a group that nobody will ever read again

A durable event that its handler could not handle in five deliveries is a dead letter. They are in Redis: --redis or
ATOM_REDIS_URL says where. Ends with 3 when there is nothing, or Redis is away.
`;

/** What programs are told to do. */
const HINT = /; list\(\) has .*$/;

const WHERE = { redis: 'give the Redis of the services: --redis redis://host:6379, or ATOM_REDIS_URL' };

export function registerDeadLetters(program: Command): void {
  const group = program
    .command('dead-letters')
    .summary('durable events that were given up: look, replay, drop')
    .description('Lists the durable events that were given up, has them handled again, or drops them.')
    .addHelpText('after', EXAMPLES);
  group
    .command('list')
    .description('Lists dead letters, oldest first.')
    .argument('[service]', 'only those of one service')
    .option('--limit <count>', 'at most so many', wholeNumber(1), 100)
    .option('--after <id>', 'only those behind this one')
    .action(async (service: string | undefined, own: { limit: number; after?: string }, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const letters = await withDead(options, service, (dead) => dead.list(own));
      print(letters, { json: options.json, table: lettersTable });
      if (letters.length === 0) process.exitCode = EXIT.NOBODY;
    });
  group
    .command('show')
    .description('Prints one dead letter with its event.')
    .argument('<id>', 'as `atom dead-letters list` has it')
    .action(async (id: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const letter = await withDead(options, undefined, (dead) => dead.show(id));
      print(letter, { json: options.json, table: letterText });
    });
  some(group, 'replay', 'Has dead letters handled again, as if they were new.', 'replayed');
  some(group, 'drop', 'Deletes dead letters.', 'dropped');
  group
    .command('groups')
    .description('Lists the groups that events are kept for, with how many wait.')
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const groups = await withLog(options, (log) => log.groups());
      const columns = [{ title: 'GROUP' }, { title: 'WAITING', align: 'right' } as const];
      const { groupName } = await import('../../../lib/durable/durable-log.js');
      const rows = groups.map((one) => [cell(groupName(one)), String(one.backlog)]);
      print(groups, { json: options.json, table: () => table(columns, rows.sort()) });
      if (groups.length === 0) process.exitCode = EXIT.NOBODY;
    });
  group
    .command('forget')
    .description('Ends a group that nobody reads any more, and drops what waits in it.')
    .argument('<group>', 'as `atom dead-letters groups` has it, in quotes')
    .action(async (name: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { groupOfName } = await import('../../../lib/durable/durable-log.js');
      const of = groupOfName(name);
      if (of === undefined)
        fail(`'${name}' is no group`, 'write it as in `atom dead-letters groups`, in quotes', EXIT.USAGE);
      const dropped = await withLog(options, (log) => log.forget(of));
      if (dropped === undefined)
        fail(`There is no group '${name}'`, '`atom dead-letters groups` lists them', EXIT.NOBODY);
      print(
        { group: name, dropped },
        { json: options.json, table: () => `${name}: forgotten, ${dropped} events dropped` },
      );
    });
}

/** `replay` and `drop`: of one id, or with `--all` of everything, or of one service. */
function some(group: Command, name: 'replay' | 'drop', description: string, done: string): void {
  group
    .command(name)
    .description(description)
    .argument('[id]', 'one of them')
    .option('--all [service]', 'all, or all of one service')
    .action(async (id: string | undefined, { all }: { all?: true | string }, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      if ((id === undefined) === (all === undefined)) {
        fail(`${name} takes an id, or --all`, '`atom dead-letters list` has the ids', EXIT.USAGE);
      }
      const service = typeof all === 'string' ? all : undefined;
      const count = await withDead(options, service, (dead) => dead[name](id));
      print({ [done]: count }, { json: options.json, table: () => `${count} ${done}` });
      if (count === 0) process.exitCode = EXIT.NOBODY;
    });
}

async function withDead<T>(
  options: GlobalOptions,
  service: string | undefined,
  work: (dead: DeadLetters) => Promise<T>,
): Promise<T> {
  const { serviceNameProblem } = await import('../../../lib/metadata/names.js');
  const problem = service === undefined ? undefined : serviceNameProblem(service);
  if (problem !== undefined) fail(problem, '', EXIT.USAGE);
  const { DeadLetters } = await import('../../../lib/durable/dead-letters.js');
  return withLog(options, (log) => work(new DeadLetters(log, service)));
}

/** Opens the log of the environment, and closes it whatever happens. */
async function withLog<T>(options: GlobalOptions, work: (log: DurableLog) => Promise<T>): Promise<T> {
  const redis = options.redis ?? (process.env.ATOM_REDIS_URL || undefined);
  if (redis === undefined)
    fail('Durable events are kept in Redis, and none is given', WHERE.redis, EXIT.USAGE);
  const [{ RedisLog }, { systemClock }, { stderrLogger }, { reach }, { AtomError }] = await Promise.all([
    import('../../../lib/durable/redis/redis-log.js'),
    import('../../clock.js'),
    import('../stderr-logger.js'),
    import('../../../lib/durable/dead-letters.js'),
    import('../../../lib/errors.js'),
  ]);
  const logger = stderrLogger(options.debug === true);
  const log = openLog();
  try {
    return await during(
      'asking Redis',
      reach(() => work(log)),
    );
  } catch (error) {
    if (!AtomError.is(error)) throw error;
    if (error.code === 'NOT_FOUND')
      fail(error.message.replace(HINT, ''), '`atom dead-letters list` has those that there are', EXIT.NOBODY);
    fail(error.message, WHERE.redis, EXIT.NOBODY);
  } finally {
    await log.close();
  }

  function openLog(): DurableLog {
    const environment = environmentOf(options);
    try {
      return new RedisLog({ environment, redis: redis!, clock: systemClock, logger, maxBacklog: 2 ** 53 });
    } catch (error) {
      return fail((error as Error).message, '', EXIT.USAGE);
    }
  }
}

function lettersTable(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) {
    note('No dead letters.');
    return '';
  }
  const columns = ['ID', 'SERVICE', 'TOPIC', 'GIVEN UP', 'ERROR'].map((title) => ({ title }));
  const rows = letters.map(({ id, service, topic, at, error }) => [
    id,
    cell(service),
    cell(topic),
    time(at),
    cell(error.split('\n')[0] ?? ''),
  ]);
  return table(columns, rows);
}

function letterText(letter: DeadLetter): string {
  const { id, group, topic, event, by, key, publishedAt, at, deliveries, error, data } = letter;
  const lines = [
    ['id', id],
    ['group', group],
    ['topic', topic],
    ['event', event],
    ['published', `${time(publishedAt)} by ${by || 'a client'}`],
    ...(key === undefined ? [] : [['key', key]]),
    ['given up', `${time(at)} after ${deliveries} deliveries`],
    ['error', error],
    ['data', JSON.stringify(data) ?? '(none)'],
  ];
  return lines.map(([name = '', value = '']) => `${name.padEnd(11)}${cell(value)}`).join('\n');
}

function time(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString() : '?';
}
