import { delimiter, dirname, join } from 'node:path';
import { note, paint, type Style } from '../output.js';
import type { ServicePlan } from './environment.js';
import { logViews } from './log-view.js';
import { Reaper } from './reaper.js';
import { Supervised } from './supervised.js';

export interface RunOptions {
  /** ms between SIGTERM and SIGKILL. */
  readonly grace: number;
  /** Variables for every service, before those of the file. */
  readonly variables: Readonly<Record<string, string>>;
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const OWN_LABEL = 'atom';

/**
 * Runs every service until all have ended, or a signal ends them; a second signal ends them at once.
 * Resolves to the names of those that failed for good.
 */
export async function runEnvironment(
  plans: readonly ServicePlan[],
  { grace, variables }: RunOptions,
): Promise<readonly string[]> {
  const processes = plans.flatMap((plan, service) =>
    Array.from({ length: plan.instances }, (_, at) => ({
      plan,
      service,
      label: plan.instances > 1 ? `${plan.name}.${at + 1}` : plan.name,
    })),
  );
  const views = await logViews([...processes.map(({ label }) => label), OWN_LABEL]);
  const own = views(OWN_LABEL);
  const say = (text: string, style: Style = 'bold'): void =>
    note(`${own.prefix(process.stderr)} ${paint(style, text, process.stderr)}`);
  // Each process is piped there.
  for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);

  const reaper = new Reaper(grace);
  const all = processes.map(({ plan, service, label }) => {
    const view = views(label, service);
    const tell = (text: string, failed: boolean): void =>
      note(`${view.prefix(process.stderr)} ${paint(failed ? 'red' : 'dim', text, process.stderr)}`);
    const env = { ...process.env, ...variables, ...plan.environment, PATH: pathOf(plan) };
    return { name: plan.name, supervised: new Supervised({ plan, view, reaper, env, grace, tell }) };
  });

  let interrupted = false;
  const interrupt = (signal: NodeJS.Signals): void => {
    if (interrupted) {
      for (const { supervised } of all) supervised.kill();
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
    interrupted = true;
    say(`${signal}: ending what runs; once more ends it at once`);
    for (const { supervised } of all) supervised.stop();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  const failed = await Promise.all(
    all.map(async ({ name, supervised }) => ((await supervised.run()) ? [name] : [])),
  );
  for (const signal of SIGNALS) process.off(signal, interrupt);
  reaper.close();
  const names = [...new Set(failed.flat())];
  if (names.length === 0) say('all have ended');
  else say(`failed: ${names.join(', ')}`, 'red');
  return names;
}

/** As in npm's scripts: the programs of the packages that are installed for the service come first. */
function pathOf({ directory, environment }: ServicePlan): string {
  const folders: string[] = [];
  for (let folder = directory; ; folder = dirname(folder)) {
    folders.push(join(folder, 'node_modules', '.bin'));
    if (folder === dirname(folder)) break;
  }
  return [...folders, environment.PATH ?? process.env.PATH ?? ''].join(delimiter);
}
