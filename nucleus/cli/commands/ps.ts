import type { Command } from 'commander';
import type { DurableView } from '../../daemon/http-api.js';
import { paintHealth } from '../evidence.js';
import { EXIT } from '../exit-codes.js';
import type { GlobalOptions } from '../global-options.js';
import { note, paint, print } from '../output.js';
import {
  narrowed,
  overviewOfDirectory,
  overviewOfNucleus,
  type InstanceRow,
  type Overview,
  type ServiceRow,
  withoutLost,
} from '../overview.js';
import { during } from '../progress.js';
import { cell, table } from '../table.js';

const EXAMPLES = `
Examples:
  $ atom ps                    services, their versions and how they are
  $ atom ps --wide             each instance, where it listens and who knows of it
  $ atom ps --all              those that were lost within the last minute, too
  $ atom ps '@shop/*'          services of one namespace; a part of a name will do as well
  $ atom ps --json | jq -r '.services[].name'

States:
  alive     it answers
  slow      one sign speaks against it, or it answers late
  draining  it is leaving: it finishes what it has and takes nothing new
  lost      gone without a goodbye (told by a nucleus only, for a minute, and listed with --all)

Where a nucleus runs on this machine, it is asked, unless an option or ATOM_NUCLEUS names something else. It tells rates
and latencies (ms) besides, and of durable events how many wait, are to be tried again, and were GIVEN UP since the
instances started: \`atom dead-letters list\` has those of them that are still there. Ends with 3 when nothing is listed.
`;

export function registerPs(program: Command): void {
  program
    .command('ps')
    .summary('services, instances, versions and states')
    .description('Lists the services of the mesh with their versions, instances and states.')
    .argument('[pattern]', "a part of a service's name, or a name with '*'")
    .option('-w, --wide', 'list instances instead of services')
    .option('-a, --all', 'list lost instances, too')
    .addHelpText('after', EXAMPLES)
    .action(async (pattern: string | undefined, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { wide?: boolean; all?: boolean }>();
      const found = narrowed(await look(options), pattern);
      const overview = options.all ? found : withoutLost(found);
      const { environment, services } = overview;
      print(overview, { json: options.json, table: options.wide ? instancesTable : servicesTable });
      if (services.length > 0) return;
      process.exitCode = EXIT.NOBODY;
      if (options.json) return;
      if (found.services.length > 0) return note('All of it was lost just now: `atom ps --all` lists it.');
      note(
        pattern === undefined
          ? 'Do they run, with the same ATOM_ENV and the same discovery? `atom diagnose` finds out.'
          : `Nothing in environment '${environment}' is called like '${pattern}'; \`atom ps\` lists what there is.`,
      );
    });
}

async function look(options: GlobalOptions): Promise<Overview> {
  const { askNucleus } = await import('../nucleus-http.js');
  const told = await during('asking the nucleus', askNucleus(options));
  if (told !== undefined) return overviewOfNucleus(told.view, told.address);
  const { withMesh } = await import('../mesh.js');
  return withMesh(options, {}, async (mesh) => {
    await mesh.quiet();
    return overviewOfDirectory(mesh.entries(), mesh.environment);
  });
}

/** For people: a line for each service. */
export function servicesTable(overview: Overview): string {
  const { services } = overview;
  const measured = services.some(({ traffic }) => traffic !== undefined);
  const durable = services.some((service) => service.durable !== undefined);
  const right = { align: 'right' } as const;
  const columns = [
    { title: 'SERVICE' },
    { title: 'VERSION' },
    { title: 'STATE' },
    { title: 'INSTANCES', ...right },
    ...(measured ? ['REQ/S', 'ERR/S', 'P50', 'P99'].map((title) => ({ title, ...right })) : []),
    ...(durable ? ['WAITING', 'RETRYING', 'GIVEN UP'].map((title) => ({ title, ...right })) : []),
    { title: '' },
  ];
  const rows = services.map((service) => [
    cell(service.name),
    cell(service.versions.join(', ')),
    paintHealth(service.health),
    String(sum(service)),
    ...(measured ? traffic(service) : []),
    ...(durable ? waiting(service) : []),
    others(service),
  ]);
  return [...(rows.length > 0 ? [table(columns, rows), ''] : []), footer(overview)].join('\n');
}

function traffic({ traffic }: ServiceRow): string[] {
  if (traffic === undefined) return ['', '', '', ''];
  const { perSecond, errorsPerSecond, p50, p99 } = traffic;
  const errors = errorsPerSecond.toFixed(1);
  return [
    perSecond.toFixed(1),
    errorsPerSecond > 0 ? paint('red', errors) : errors,
    p50.toFixed(1),
    p99.toFixed(1),
  ];
}

/** Durable events: not handled, to be tried again, given up. */
function waiting({ durable }: ServiceRow): string[] {
  if (durable === undefined) return ['', '', ''];
  const all = (of: (view: DurableView) => number): number => durable.reduce((n, view) => n + of(view), 0);
  const dead = all(({ deadLettered }) => deadLettered);
  return [
    String(all(({ backlog }) => backlog)),
    String(all(({ retrying }) => retrying)),
    dead > 0 ? paint('red', String(dead)) : '0',
  ];
}

function sum({ instances }: ServiceRow): number {
  return instances.alive + instances.slow + instances.draining + instances.lost;
}

/** Of a service whose instances are not all alike: how many are what. */
function others({ health, instances }: ServiceRow): string {
  const states = (['alive', 'slow', 'draining', 'lost'] as const).filter((state) => instances[state] > 0);
  if (states.every((state) => state === health)) return '';
  return states.map((state) => paintHealth(state, `${instances[state]} ${state}`)).join(', ');
}

function instancesTable(overview: Overview): string {
  const { instances } = overview;
  const columns = ['INSTANCE', 'STATE', 'SERVICES', 'ENDPOINT', 'KNOWN BY', ''].map((title) => ({ title }));
  const order = (instance: InstanceRow): string => instance.services.map(({ name }) => name).join();
  const rows = [...instances]
    .sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : a.id < b.id ? -1 : 1))
    .map(({ id, health, services, endpoint, sources, reason }) => [
      id.slice(0, SHORT_ID),
      paintHealth(health),
      cell(services.map(({ name, version }) => `${name} ${version}`).join(', ')) || '(client)',
      cell(endpoint),
      sources.join(', '),
      cell(reason),
    ]);
  return [...(rows.length > 0 ? [table(columns, rows), ''] : []), footer(overview)].join('\n');
}

/** Of an instance's id, what tells it from others; commands that take one take its beginning. */
const SHORT_ID = 12;

function footer({ services, instances, environment, toldBy }: Overview): string {
  const serving = instances.filter((instance) => instance.services.length > 0).length;
  const counts = `${count(services.length, 'service')}, ${count(serving, 'instance')}`;
  return paint('dim', `${counts} in environment '${environment}', told by ${toldBy}`);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
