import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import { wholeNumber, type GlobalOptions } from '../global-options.js';
import { interruption } from '../interrupt.js';
import { MESSAGE_HELP, readMessage } from '../message.js';
import { fail, json, note, paint, print, say } from '../output.js';
import { progress } from '../progress.js';
import type { CallTarget } from '../target.js';
import type { Mesh } from '../mesh.js';

const EXAMPLES = `
Examples:
  $ atom request @shop/stock reserve '{"sku":"tea","quantity":2}'
  $ atom request @shop/stock:::reserve @order.json        the message from a file
  $ jq -c .order all.json | atom request @shop/stock reserve -
  $ atom request @shop/stock '$stats'                     what every service answers: $stats, $describe
  $ atom request @shop/stock reserve '{…}' --timeout 500  at most 500 ms; default 10,000
  $ atom request @shop/stock reserve '{…}' --instance 1e22e82d

A small load test, with throughput, errors by code, percentiles and a histogram:
  $ atom request @shop/stock reserve '{…}' --count 10000 --concurrency 50
  $ atom request @shop/stock reserve '{…}' --duration 10

Prints the answer as JSON. With --json: {"ok":true,"result":…,"ms":…,"instance":…}, or {"ok":false,"error":…,"ms":…}.
Ends with 1 when the service says no, with 3 when it is not there or does not answer in time.
`;

interface RequestOptions extends GlobalOptions {
  readonly count?: number;
  readonly concurrency?: number;
  readonly duration?: number;
  readonly instance?: string;
}

export function registerRequest(program: Command): void {
  program
    .command('request')
    .summary('ask a service; with --count or --duration a load test')
    .description('Sends a request to a service and prints its answer.')
    .usage('<service> <operation> [json] [options]')
    .argument('<service>', "such as @shop/stock, or service and operation in one: '@shop/stock:::reserve'")
    .argument('[operation]', 'the operation, or the name of its method')
    .argument('[json]', MESSAGE_HELP)
    .option('--instance <id>', 'ask this instance (the beginning of its id will do)')
    .option('-n, --count <number>', 'a load test of this many requests', wholeNumber(1))
    .option(
      '-c, --concurrency <number>',
      'requests under way at a time in a load test (default: 10)',
      wholeNumber(1),
    )
    .option('--duration <seconds>', 'a load test of this length', wholeNumber(1))
    .addHelpText('after', EXAMPLES)
    .action(async (...args: unknown[]) => {
      const command = args.at(-1) as Command;
      const options = command.optsWithGlobals<RequestOptions>();
      const { readTarget } = await import('../target.js');
      const target = readTarget(args.slice(0, 3) as (string | undefined)[], 'operation');
      const data = await readMessage(target.rest);
      const { withMesh } = await import('../mesh.js');
      const isLoad = options.count !== undefined || options.duration !== undefined;
      await withMesh(options, {}, (mesh) => (isLoad ? load : once)(mesh, target, data, options));
    });
}

async function once(mesh: Mesh, target: CallTarget, data: unknown, options: RequestOptions): Promise<void> {
  const { service, what } = target;
  const { callFailed, errorView, exitCodeOf } = await import('../answers.js');
  const instance = await choose(mesh, service, options.instance);
  const waiting = progress(`asking ${service}`);
  const started = performance.now();
  const passed = (): number => Math.round((performance.now() - started) * 100) / 100;
  try {
    const result = await mesh.client.request(service, what, data, {
      ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
      ...(instance === undefined ? {} : { instance }),
    });
    const ms = passed();
    waiting.done();
    if (options.json) say(json({ ok: true, result: result ?? null, ms }));
    else say(json(result));
    if (!options.json && process.stderr.isTTY) note(paint('dim', `${ms} ms`, process.stderr));
  } catch (error) {
    waiting.done();
    if (!options.json) throw callFailed(error, service);
    say(json({ ok: false, error: errorView(error), ms: passed() }));
    process.exitCode = exitCodeOf(error);
  }
}

async function load(mesh: Mesh, target: CallTarget, data: unknown, options: RequestOptions): Promise<void> {
  const { service, what } = target;
  const { callFailed } = await import('../answers.js');
  const { runLoad } = await import('../load.js');
  const { loadText } = await import('../load-text.js');
  const { count = Infinity, concurrency = 10, duration = Infinity, timeout } = options;
  const chosen = await choose(mesh, service, options.instance);
  if (chosen === undefined) await mesh.quiet();
  const ask = (operation: string, message: unknown, signal: AbortSignal): Promise<unknown> =>
    mesh.client.request(service, operation, message, {
      signal,
      ...(timeout === undefined ? {} : { timeout }),
      ...(chosen === undefined ? {} : { instance: chosen }),
    });
  const waiting = progress(`asking ${service}, ${concurrency} at a time`);
  // Something harmless first: it opens the connection, and finds out whether anybody is there.
  await ask('$stats', undefined, interruption()).catch((error: unknown) => {
    const { message, exitCode } = callFailed(error, service);
    if (exitCode !== EXIT.NOBODY) return;
    waiting.done();
    fail(message, `\`atom why ${service} ${what}\` tells who is there and who is not.`, exitCode);
  });
  const call = (signal: AbortSignal): Promise<unknown> => ask(what, data, signal);
  const report = await runLoad({ count, concurrency, duration: duration * 1000 }, call, (done) =>
    waiting.tell(
      `asking ${service}, ${concurrency} at a time: ${done}${count < Infinity ? ` of ${count}` : ''}`,
    ),
  ).finally(() => waiting.done());
  print(report, { json: options.json, table: loadText });
  if (report.ok < report.sent) process.exitCode = EXIT.FAILED;
}

/** Waits for the service, and finds the instance that an id's beginning stands for. */
async function choose(mesh: Mesh, service: string, given: string | undefined): Promise<string | undefined> {
  if (given === undefined) {
    await mesh.look(service);
    return undefined;
  }
  await mesh.quiet();
  const ids = mesh
    .entries()
    .filter(({ record }) => record.services.some(({ name }) => name === service))
    .map(({ record }) => record.id);
  const found = ids.filter((id) => id.startsWith(given));
  if (found.length === 1) return found[0];
  return fail(
    found.length === 0
      ? `no instance of ${service} begins with '${given}'`
      : `'${given}' could be ${found.length} instances`,
    `Its instances: ${ids.map((id) => id.slice(0, 12)).join(', ') || 'none'}`,
    found.length === 0 ? EXIT.NOBODY : EXIT.USAGE,
  );
}
