import { InvalidArgumentError, type Command } from 'commander';
import { isIPv6 } from 'node:net';
import type { DaemonFlags } from '../daemon-options.js';
import type { DaemonFiles, DaemonNote } from '../daemon-files.js';
import { EXIT, Failure } from '../exit-codes.js';
import { type GlobalOptions, wholeNumber } from '../global-options.js';
import { fail, print } from '../output.js';

const EXAMPLES = `
Examples:
  $ atom start                                   in the background; atom status tells of it
  $ atom start --foreground                      for containers and init systems
  $ atom start --redis redis://10.0.0.5:6379     its registry in a Redis that others use too
  $ atom start --bind 0.0.0.0 --insecure         for other hosts, on a network that you trust
  $ atom start --http-host nucleus.lan           its page is also asked for by this name

Services on this machine find it by themselves, others by ATOM_NUCLEUS=tcp://host:7993. Without --redis it starts
a Redis of its own where the machine has redis-server or valkey-server, and keeps the registry in memory else.
Its files are in $ATOM_HOME (default: ~/.local/state/atom).
`;

interface StartOptions extends GlobalOptions {
  readonly foreground?: boolean;
  readonly bind?: string;
  readonly port?: number;
  readonly httpPort?: number;
  readonly httpHost?: readonly string[];
  readonly insecure?: boolean;
}

/** With a Redis of its own that has much to read it may take a while, ms. */
const PATIENCE = 30_000;

export function registerStart(program: Command): void {
  program
    .command('start')
    .summary('start the nucleus: registry, health, dashboard')
    .description('Starts the nucleus, in the background. Exit code 1 when one runs already.')
    .option('--foreground', 'stay in the foreground; Ctrl-C or SIGTERM ends it')
    .option('--bind <address>', 'what its sockets listen on [ATOM_BIND, else 127.0.0.1]')
    .option('--port <port>', 'of the registry (default: 7993; 0: any)', portNumber)
    .option('--http-port <port>', 'of the dashboard (default: 7994; 0: any)', portNumber)
    .option('--http-host <names>', 'by which browsers reach the dashboard, with commas', hostNames)
    .option('--insecure', 'allow an address other than loopback, unencrypted [ATOM_INSECURE]')
    .addHelpText('after', EXAMPLES)
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<StartOptions>();
      const { DaemonFiles } = await import('../daemon-files.js');
      const { daemonOptions } = await import('../daemon-options.js');
      const files = new DaemonFiles();
      const flags = flagsOf(options);
      daemonOptions(flags); // what is wrong with them is said here, not in a log
      if (options.foreground === true) return inForeground(flags, files);
      const running = files.running();
      if (running !== undefined) failRunning(running);
      const note = await inBackground(flags, files, options.timeout ?? PATIENCE);
      const { daemonStatus, statusText } = await import('../daemon-status.js');
      print(await daemonStatus(files), {
        json: options.json,
        table: (status) =>
          status.running ? statusText(status) : `The nucleus (pid ${note.pid}) ended at once.`,
      });
    });
}

function flagsOf(options: StartOptions): DaemonFlags {
  const { env, redis, seeds, multicast, bind, port, httpPort, httpHost, insecure } = options;
  return {
    ...(env !== undefined && { env }),
    ...(redis !== undefined && { redis }),
    ...(seeds !== undefined && { seeds }),
    ...(multicast !== undefined && { multicast }),
    ...(bind !== undefined && { bind }),
    ...(port !== undefined && { port }),
    ...(httpPort !== undefined && { httpPort }),
    ...(httpHost !== undefined && { httpHosts: httpHost }),
    ...(insecure !== undefined && { insecure }),
  };
}

async function inForeground(flags: DaemonFlags, files: DaemonFiles): Promise<void> {
  const { daemonOptions } = await import('../daemon-options.js');
  const { AlreadyRunning, runDaemon } = await import('../run-daemon.js');
  const { untilTold } = await import('../until-told.js');
  const { dashboardOf } = await import('../daemon-status.js');
  const { say } = await import('../output.js');
  const told = untilTold();
  try {
    const daemon = await runDaemon(daemonOptions(flags), files);
    if (process.stdout.isTTY) say(`dashboard: ${dashboardOf(files, daemon.note) ?? ''}`);
    await told;
    await daemon.stop();
  } catch (error) {
    if (error instanceof AlreadyRunning) failRunning(error.running);
    if (error instanceof Failure) throw error;
    fail((error as Error).message, '', EXIT.FAILED);
  }
  // Nothing may hold a container open after SIGTERM.
  process.exit(EXIT.OK);
}

async function inBackground(flags: DaemonFlags, files: DaemonFiles, timeout: number): Promise<DaemonNote> {
  const { startInBackground } = await import('../start-in-background.js');
  const answer = await startInBackground(flags, files, timeout);
  if ('note' in answer) return answer.note;
  const { running, message } = answer.failure;
  if (running !== undefined) failRunning(running);
  return fail(`The nucleus does not start: ${message}`, `its log: ${files.log}`, EXIT.FAILED);
}

function failRunning({ pid, environment }: DaemonNote): never {
  fail(
    `A nucleus runs already: pid ${pid}, environment '${environment}'`,
    'atom status tells of it, atom stop ends it; ATOM_HOME names another folder for a second one',
    EXIT.FAILED,
  );
}

function portNumber(text: string): number {
  const value = wholeNumber(0)(text);
  if (value > 65_535) throw new InvalidArgumentError('Give a port from 0 to 65535.');
  return value;
}

/** As a browser sends them: in lower case, addresses in their short form. */
function hostNames(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => {
      const url = `http://${isIPv6(name) ? `[${name}]` : name}/`;
      if ((!isIPv6(name) && /[:/?#@]/.test(name)) || !URL.canParse(url)) {
        throw new InvalidArgumentError(`Give names or addresses without a port; '${name}' is none.`);
      }
      return new URL(url).hostname.replace(/^\[|\]$/g, '');
    });
}
