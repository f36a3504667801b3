import { acceptsCheck, type HandlerPlace } from './message-check.js';
import { checkOptions, type Report } from './report.js';
import type { Class, EventDefinition, MessageCheck } from '../metadata/definitions.js';
import { hint } from '../metadata/closest.js';
import { parseTarget, patternProblem, serviceNameProblem, show } from '../metadata/names.js';
import type { EventRecord } from '../metadata/records.js';
import type { Middleware, MiddlewareType } from '../runtime/middleware.js';

const DELIVERIES = ['group', 'broadcast'] as const;

/** One `@OnEvent`; undefined where it is unusable. */
export function scanEvent(
  record: EventRecord,
  middleware: readonly (Middleware | MiddlewareType)[],
  place: HandlerPlace,
): EventDefinition | undefined {
  const { where, report } = place;
  const { method, options, target } = record;
  const here = `${where}, @OnEvent(${show(target)})`;
  if (!checkOptions(options, ['accepts', 'from', 'delivery', 'concurrency', 'durable'], here, report))
    return undefined;
  if (typeof target !== 'string') {
    report(`${here}: it takes a topic, a pattern or '@namespace/name|||topic', as a string`);
    return undefined;
  }
  const { service, topic } = parseTarget(target);
  const from = service ?? options.from;
  const topicWrong = patternProblem(topic);
  if (topicWrong !== undefined) report(`${here}: ${topicWrong}`);
  const fromWrong = from === undefined ? undefined : serviceNameProblem(from);
  if (fromWrong !== undefined) report(`${here}: from: ${fromWrong}`);
  if (service !== undefined && options.from !== undefined && service !== options.from) {
    report(`${here}: it says from: ${show(options.from)} as well; name the publisher once`);
  }
  const { delivery = 'group', concurrency = 1 } = options;
  if (!DELIVERIES.includes(delivery)) {
    const meant = typeof delivery === 'string' ? hint(delivery, DELIVERIES) : '';
    report(`${here}: delivery is 'group' or 'broadcast', not ${show(delivery)}${meant}`);
  }
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    report(`${here}: concurrency is a whole number from 1, not ${show(concurrency)}`);
  }
  const accepts = acceptsCheck(options, method, place);
  const durable = scanDurable(options.durable, topic, accepts, here, report);
  if (durable && delivery === 'broadcast') {
    report(
      `${here}: delivery 'broadcast' cannot be durable: an instance that has gone would be waited for without end; ` +
        `listen with 'group', or write durable: false and hear it live, at most once`,
    );
  }
  return Object.freeze({ topic, from, method, accepts, delivery, concurrency, durable, middleware });
}

/** Whether a handler's events come from the log: as it says, or else as the lexeme of its topic says. */
function scanDurable(
  given: unknown,
  topic: string,
  accepts: MessageCheck,
  here: string,
  report: Report,
): boolean {
  const lexeme = accepts.kind === 'lexeme' && accepts.lexeme.label === topic ? accepts.lexeme : undefined;
  if (given === undefined) return lexeme?.durable === true;
  if (typeof given !== 'boolean') report(`${here}: durable is true or false, not ${show(given)}`);
  if (given === true && lexeme?.durable === false) {
    report(
      `${here}: it is durable, and ${lexeme.name}, the lexeme of '${topic}', is not, so it would be published live; ` +
        `write @Lexeme('${topic}', { durable: true }) on ${lexeme.name}, or remove durable here`,
    );
  }
  return given === true;
}

/** Reports a method that would hear the same event twice, and methods that would share what each of them is to hear. */
export function checkEvents(type: Class, events: readonly EventDefinition[], report: Report): void {
  const seen = new Set<string>();
  const groups = new Map<string, string>();
  for (const { method, topic, from, delivery } of events) {
    const key = JSON.stringify([method, topic, from]);
    if (seen.has(key)) {
      report(
        `${type.name}.${method}: it listens to '${topic}'${from ? ` of ${from}` : ''} twice; remove one @OnEvent`,
      );
    }
    seen.add(key);
    if (delivery !== 'group') continue;
    const group = JSON.stringify([topic, from]);
    const other = groups.get(group);
    if (other === undefined) groups.set(group, method);
    else if (other !== method) {
      report(
        `${type.name}.${method}: it listens to '${topic}'${from ? ` of ${from}` : ''} as ${other} does, and each event goes to one of a service's ` +
          `group, so each of them would hear a part only; call one from the other, or give one of them a service of its own`,
      );
    }
  }
}
