import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { GlobalOptions } from '../global-options.js';
import { fail, paint, print } from '../output.js';
import { PACKAGE_ROOT } from '../package-info.js';

interface InitOptions extends GlobalOptions {
  readonly yes?: boolean;
  readonly directory?: string;
  readonly description?: string;
  readonly atomjs?: string;
}

const DEFAULT_NAME = 'demo';
const DEFAULT_DESCRIPTION = 'A service that greets.';

const HELP = `
Examples:
  $ atom init                       asks for what it needs
  $ atom init demo                  a project in ./demo
  $ atom init @shop/orders --yes    service '@shop/orders' in ./orders, without a question
  $ atom init demo --directory .    in this folder; a file that exists is never overwritten
  $ atom init demo --atomjs ../atomjs.tgz    with a file that \`npm pack\` made: no registry has to have atomjs
`;

/** `atom init [name]`: a new service project, ready to run. */
export function registerInit(program: Command): void {
  program
    .command('init')
    .summary('make a new service project, ready to run')
    .description('Makes a new service project, ready: npm start, npm test and npm run dev work at once.')
    .argument('[name]', "its name, such as 'demo' or '@shop/orders'; asked for on a terminal")
    .option('-y, --yes', 'ask nothing, take the defaults')
    .option('--directory <path>', 'where to make it (default: a folder named like the project)')
    .option('--description <text>', 'one line on what it is for')
    .option('--atomjs <spec>', 'a version of atomjs, or a packed file of it')
    .addHelpText('after', HELP)
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      await init(name, command.optsWithGlobals<InitOptions>());
    });
}

async function init(givenName: string | undefined, options: InitOptions): Promise<void> {
  const { folderOf } = await import('../init/project-name.js');
  const { inTheWay, projectFiles, writeFiles } = await import('../init/create-project.js');
  const { ownManifest } = await import('../package-info.js');

  const { name, description } = await answers(givenName, options);
  const directory = resolve(options.directory ?? folderOf(name));
  const { atomjs } = options;
  const files = projectFiles({ name, description, directory, ...(atomjs && { atomjs }) }, ownManifest());
  const obstacles = inTheWay(directory, files.keys());
  if (obstacles.length > 0) {
    fail(
      `${shown(directory)} has ${obstacles.length === 1 ? 'a file' : 'files'} in the way: ${obstacles.join(', ')}`,
      'Nothing was written. Move them away, or choose another place with --directory.',
      EXIT.FAILED,
    );
  }
  writeFiles(directory, files);
  const made = { name, directory, files: [...files.keys()].sort() };
  print(made, { ...options, table: () => summary(name, directory, made.files, atomjs) });
}

/** The name and the description: given, asked for on a terminal, or the default with `--yes`. */
async function answers(
  given: string | undefined,
  options: InitOptions,
): Promise<{ name: string; description: string }> {
  const { projectNameProblem } = await import('../init/project-name.js');
  const asks = options.yes !== true && options.json !== true && process.stdin.isTTY && process.stdout.isTTY;
  if (given === undefined && options.yes !== true && !asks) {
    fail('the project needs a name', "Say 'atom init <name>', or --yes for the defaults.", EXIT.USAGE);
  }
  const problem = given === undefined ? undefined : projectNameProblem(given);
  if (problem !== undefined) fail(`'${given}' cannot be the name of a project`, problem, EXIT.USAGE);
  const fallback = options.description ?? DEFAULT_DESCRIPTION;
  if (!asks) return { name: given ?? DEFAULT_NAME, description: fallback };
  const { input } = await import('@inquirer/prompts');
  const name =
    given ??
    (await input({
      message: 'Name of the project:',
      default: DEFAULT_NAME,
      validate: (text) => projectNameProblem(text) ?? true,
    }));
  const description =
    options.description ?? (await input({ message: 'What is it for?', default: DEFAULT_DESCRIPTION }));
  return { name, description };
}

function summary(
  name: string,
  directory: string,
  files: readonly string[],
  atomjs: string | undefined,
): string {
  const place = shown(directory);
  return [
    `${paint('green', 'Made')} ${paint('bold', name)} in ${place}:`,
    ...files.map((file) => `  ${join(place, file)}`),
    '',
    'Next:',
    ...(place === '.' ? [] : [`  cd ${place}`]),
    ...installing(atomjs),
    '  npm test             # its specs',
    '  npm start            # the service, until Ctrl-C',
    '  npm run dev          # compiles and restarts as you write',
  ].join('\n');
}

/** A checkout may be of a version that is published nowhere. */
function installing(atomjs: string | undefined): string[] {
  if (atomjs !== undefined) return [`  npm install          # with atomjs from ${atomjs}`];
  if (PACKAGE_ROOT.includes('node_modules')) {
    return ['  npm install          # or, where atomjs is a file: npm install <path>/atomjs-<version>.tgz'];
  }
  return [
    `  npm pack ${shown(resolve(PACKAGE_ROOT))} --silent     # this atomjs is a checkout: makes a file of it`,
    '  npm install ./atomjs-*.tgz',
  ];
}

/** A path as people write it from here. */
function shown(directory: string): string {
  const path = relative(process.cwd(), directory);
  return path === '' ? '.' : path.startsWith('..') ? directory : path;
}
