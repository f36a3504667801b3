import type { Command } from 'commander';
import type { MessageContext } from '../../../lib/runtime/context.js';
import { EXIT, Failure } from '../exit-codes.js';
import { wholeNumber, type GlobalOptions } from '../global-options.js';
import { interruption } from '../interrupt.js';
import { fail, harmless, note, paint, say } from '../output.js';

const EXAMPLES = `
Examples:
  $ atom subscribe order.placed                         one topic, whoever publishes it
  $ atom subscribe 'order.*' payment.completed          '*' stands for one word
  $ atom subscribe '>'                                  everything ('order.>': all that begins with order.)
  $ atom subscribe '@shop/payments|||payment.completed' of one publisher
  $ atom subscribe '>' --json | jq -c '{topic, data}'   one JSON object a line
  $ atom subscribe order.placed --count 1 --timeout 5000

It hears each event beside the services that listen: nothing is taken away from them. Ends with Ctrl-C (130), after
--count events, or with 3 when nothing came for --timeout milliseconds.
`;

interface SubscribeOptions extends GlobalOptions {
  readonly count?: number;
}

export function registerSubscribe(program: Command): void {
  program
    .command('subscribe')
    .summary('print events as they come')
    .description('Prints the events of topics and patterns as they come.')
    .argument('<target...>', "a topic or a pattern, or '@namespace/name|||topic' for one publisher's")
    .option('-n, --count <number>', 'end after this many events', wholeNumber(1))
    .addHelpText('after', EXAMPLES)
    .action(async (targets: string[], _: unknown, command: Command) => {
      const options = command.optsWithGlobals<SubscribeOptions>();
      await check(targets);
      const { withMesh } = await import('../mesh.js');
      await withMesh(options, { announced: true }, async (mesh) => {
        const { count = Infinity, timeout } = options;
        let left = count;
        await new Promise<void>((end, giveUp) => {
          let silence: NodeJS.Timeout | undefined;
          const listen = (): void => {
            if (timeout === undefined) return;
            clearTimeout(silence);
            silence = setTimeout(() => giveUp(quiet(timeout)), timeout);
          };
          const heard = (data: unknown, context: MessageContext): void => {
            if (left === 0) return;
            say(options.json ? asJson(data, context) : asText(data, context));
            left--;
            if (left === 0) {
              clearTimeout(silence);
              end();
            } else listen();
          };
          interruption().addEventListener('abort', () => end(), { once: true });
          Promise.all(targets.map((target) => mesh.client.subscribe(target, heard))).then(() => {
            note(paint('dim', `listening to ${targets.join(', ')}; Ctrl-C ends it`, process.stderr));
            listen();
          }, giveUp);
        });
      });
    });
}

async function check(targets: readonly string[]): Promise<void> {
  const { parseTarget, patternProblem, serviceNameProblem } = await import('../../../lib/metadata/names.js');
  for (const target of targets) {
    const { service, topic } = parseTarget(target);
    const problem =
      patternProblem(topic) ?? (service === undefined ? undefined : serviceNameProblem(service));
    if (problem === undefined) continue;
    fail(problem, "Write 'topic', 'pattern.*', 'pattern.>' or '@namespace/name|||topic'.", EXIT.USAGE);
  }
}

function quiet(timeout: number): Failure {
  return new Failure(`nothing was heard for ${timeout} ms`, '', EXIT.NOBODY);
}

function asJson(data: unknown, { topic, caller, traceId }: MessageContext): string {
  const { service, instance } = caller;
  const event = { at: new Date().toISOString(), topic, service, instance, traceId, data: data ?? null };
  return harmless(JSON.stringify(event));
}

function asText(data: unknown, { topic, caller }: MessageContext): string {
  const at = new Date();
  const time = `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
  const from = caller.service === '' ? caller.instance.slice(0, 12) : caller.service;
  const body = data === undefined ? '' : harmless(JSON.stringify(data));
  return `${paint('dim', time)}  ${paint('bold', harmless(topic))}  ${paint('cyan', harmless(from))}  ${body}`;
}
