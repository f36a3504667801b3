import { select } from '@inquirer/prompts';
import type { ServiceDetail } from '../daemon/http-api.js';
import { callFailed } from './answers.js';
import { askMessage } from './ask-message.js';
import { describeVersions } from './describe.js';
import { EXIT } from './exit-codes.js';
import type { Mesh } from './mesh.js';
import { fail, harmless, json, note, paint, say } from './output.js';
import { during, progress } from './progress.js';
import { shapeOf, type Shape } from './schema.js';
import { cell } from './table.js';

/** What can be sent to a service. */
interface Deed {
  readonly kind: 'request' | 'signal';
  readonly name: string;
  /** What it takes, in a word. */
  readonly takes: string;
  /** Undefined: it takes nothing. */
  readonly shape: Shape | undefined;
}

type Next = 'again' | 'message' | 'deed' | 'service' | 'leave';

const PATIENCE = 2000;

/** Asks for a service, an operation and a message, sends it, and so on until the user leaves. */
export async function introspect(mesh: Mesh, timeout: number | undefined): Promise<void> {
  let next: Next = 'service';
  let service = '';
  let deeds: readonly Deed[] = [];
  let deed: Deed | undefined;
  let message: unknown;
  while (next !== 'leave') {
    if (next === 'service') {
      service = await askService(mesh);
      deeds = await deedsOf(mesh, service);
    }
    if (next === 'service' || next === 'deed') deed = await askDeed(service, deeds);
    if (deed === undefined) {
      next = 'service';
      continue;
    }
    if (next !== 'again') message = deed.shape === undefined ? undefined : await askMessage(deed.shape);
    next = next === 'again' ? 'again' : await askToSend(deed, message);
    if (next === 'again') {
      await send(mesh, service, deed, message, timeout);
      next = await askNext(deed);
    }
  }
}

async function askService(mesh: Mesh): Promise<string> {
  const names = mesh.services();
  if (names.length === 0) {
    fail(
      `no service is seen in environment '${mesh.environment}'`,
      'Do they run, with the same ATOM_ENV and the same discovery? `atom diagnose` finds out.',
      EXIT.NOBODY,
    );
  }
  return select({
    message: 'Service',
    choices: names.map((name) => ({ name: cell(name), value: name })),
    pageSize: 12,
  });
}

async function deedsOf(mesh: Mesh, service: string): Promise<readonly Deed[]> {
  const describing = describeVersions(mesh, service, PATIENCE);
  const details = await during(`asking ${cell(service)} what it takes`, describing);
  const found = new Map<string, Deed>();
  for (const detail of details) {
    for (const { name, accepts } of detail.operations) {
      found.set(`request ${name}`, {
        kind: 'request',
        name,
        takes: accepts,
        shape: shapeNamed(detail, accepts),
      });
    }
    for (const { topic, accepts } of detail.events) {
      if (/[*>]/.test(topic)) continue;
      found.set(`signal ${topic}`, {
        kind: 'signal',
        name: topic,
        takes: accepts,
        shape: shapeNamed(detail, accepts),
      });
    }
  }
  return [...found.values()];
}

/** What `$describe` calls a message: a lexeme's name, a primitive's type, `any` or `none`. */
function shapeNamed({ lexemes }: ServiceDetail, name: string): Shape | undefined {
  const lexeme = Object.hasOwn(lexemes, name) ? lexemes[name] : undefined;
  if (lexeme !== undefined) return shapeOf(lexeme.schema);
  if (name === 'none') return undefined;
  return shapeOf(['string', 'number', 'boolean'].includes(name) ? { type: name } : {});
}

async function askDeed(service: string, deeds: readonly Deed[]): Promise<Deed | undefined> {
  if (deeds.length === 0) note(`${cell(service)} offers nothing that could be sent.`);
  return select<Deed | undefined>({
    message: 'Operation or topic',
    pageSize: 12,
    choices: [
      ...deeds.map((deed) => ({
        name: `${cell(deed.name)} ${paint('dim', deed.kind === 'signal' ? `(topic, takes ${cell(deed.takes)})` : `(takes ${cell(deed.takes)})`)}`,
        short: cell(deed.name),
        value: deed,
      })),
      { name: 'another service', value: undefined },
    ],
  });
}

async function askToSend({ kind, name }: Deed, message: unknown): Promise<Next> {
  if (message !== undefined) say(json(message));
  return select<Next>({
    message: `Send this ${kind} to ${cell(name)}?`,
    choices: [
      { name: 'send', value: 'again' },
      { name: 'change the message', value: 'message' },
      { name: 'another operation', value: 'deed' },
      { name: 'leave', value: 'leave' },
    ],
  });
}

async function send(
  mesh: Mesh,
  service: string,
  { kind, name }: Deed,
  message: unknown,
  timeout: number | undefined,
): Promise<void> {
  const options = timeout === undefined ? {} : { timeout };
  const waiting = progress(`asking ${cell(service)}`);
  const started = performance.now();
  try {
    const answer =
      kind === 'request'
        ? await mesh.client.request(service, name, message, options)
        : await mesh.client.signal(service, name, message, options);
    waiting.done();
    const ms = (performance.now() - started).toFixed(1);
    note(
      paint('green', kind === 'request' ? `answered in ${ms} ms` : `accepted in ${ms} ms`, process.stderr),
    );
    say(json(answer));
  } catch (error) {
    waiting.done();
    const { message: words, mend } = callFailed(error, service);
    note(
      `${paint('red', 'failed:', process.stderr)} ${cell(words)}${mend === '' ? '' : `\n${harmless(mend)}`}`,
    );
  }
}

function askNext({ kind }: Deed): Promise<Next> {
  return select<Next>({
    message: 'And now?',
    choices: [
      { name: `the same ${kind} again`, value: 'again' },
      { name: 'another message', value: 'message' },
      { name: 'another operation', value: 'deed' },
      { name: 'another service', value: 'service' },
      { name: 'leave', value: 'leave' },
    ],
  });
}
