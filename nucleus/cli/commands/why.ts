import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { GlobalOptions } from '../global-options.js';
import { fail, harmless, paint, print } from '../output.js';
import { during } from '../progress.js';
import { cell, table } from '../table.js';
import type { Candidate, Verdict, Why } from '../why.js';

const EXAMPLES = `
Examples:
  $ atom why @shop/stock reserve
  $ atom why @shop/stock              without looking at an operation
  $ atom why @shop/stock reserve --json | jq -r .verdict

It looks around as a service would, asks each instance who it is, and says which of them a request could go to now,
which are out and why, and over which source each was found. Nothing is run. Verdicts:
  sent         to an instance that has the operation (exit code 0)
  may-fail     some that could be chosen lack the operation, or do not answer (1)
  not-offered  none of them has the operation (1)
  nobody       there is no instance to send to (3)
`;

const CODES: Readonly<Record<Verdict, number>> = {
  sent: EXIT.OK,
  'may-fail': EXIT.FAILED,
  'not-offered': EXIT.FAILED,
  nobody: EXIT.NOBODY,
};
const PATIENCE = 1000;

export function registerWhy(program: Command): void {
  program
    .command('why')
    .summary('what a request would do now')
    .description('Explains what a request would do now: which instances could get it, and why others not.')
    .argument('<service>', "such as '@shop/stock', or '@shop/stock:::reserve'")
    .argument('[operation]', 'the operation, or the name of its method')
    .addHelpText('after', EXAMPLES)
    .action(async (given: string, second: string | undefined, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { parseTarget, serviceNameProblem } = await import('../../../lib/metadata/names.js');
      const target = parseTarget(given);
      const service = target.service ?? given;
      const operation = target.service === undefined ? second : target.topic;
      const problem = serviceNameProblem(service);
      if (problem !== undefined) fail(problem, '`atom ps` lists the services that there are.', EXIT.USAGE);
      const answer = await ask(service, operation, options);
      print(answer, { json: options.json, table: whyText });
      process.exitCode = CODES[answer.verdict];
    });
}

async function ask(service: string, operation: string | undefined, options: GlobalOptions): Promise<Why> {
  const { withMesh } = await import('../mesh.js');
  const { instancesOf } = await import('../describe.js');
  const { explain } = await import('../why.js');
  const { askNucleus } = await import('../nucleus-http.js');
  const told = askNucleus(options);
  return withMesh(options, {}, async (mesh) => {
    await mesh.quiet();
    const answers = new Map<string, number>();
    const asked = instancesOf(mesh, service).map(async ({ record }) => {
      const started = performance.now();
      const who = await mesh.ask(record.endpoint, options.timeout ?? PATIENCE);
      if (who?.id === record.id) answers.set(record.id, Math.round((performance.now() - started) * 10) / 10);
    });
    await during(`asking ${asked.length} instances of ${service}`, Promise.all(asked));
    return explain({
      service,
      operation,
      environment: mesh.environment,
      entries: mesh.entries(),
      sources: mesh.sources(),
      answers,
      nucleus: (await told)?.view.instances ?? [],
    });
  });
}

function whyText({ verdict, explanation, mend, instances, sources }: Why): string {
  const style = verdict === 'sent' ? 'green' : verdict === 'may-fail' ? 'yellow' : 'red';
  const parts = [paint(style, harmless(explanation)) + (mend === '' ? '' : `\n${harmless(mend)}`)];
  if (instances.length > 0) parts.push(instancesTable(instances));
  const rows = sources.map(({ name, state, detail }) => [
    name,
    paint(state === 'up' ? 'green' : state === 'off' ? 'dim' : 'red', state),
    cell(detail),
  ]);
  parts.push(table([{ title: 'SOURCE' }, { title: 'STATE' }, { title: '' }], rows));
  return parts.join('\n\n');
}

function instancesTable(instances: readonly Candidate[]): string {
  const columns = ['INSTANCE', 'VERSION', '', 'ENDPOINT', 'ANSWERS', 'FOUND BY', ''];
  return table(
    columns.map((title) => ({ title })),
    instances.map(({ id, version, isIn, offers, endpoint, answeredIn, sources, reason }) => [
      id.slice(0, 12),
      cell(version),
      isIn && offers && answeredIn !== undefined
        ? paint('green', 'in')
        : isIn
          ? paint('yellow', 'in, but')
          : paint('red', 'out'),
      cell(endpoint),
      answeredIn === undefined ? 'no' : `in ${answeredIn} ms`,
      sources.join(', '),
      cell(reason),
    ]),
  );
}
