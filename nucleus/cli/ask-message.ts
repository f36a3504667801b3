import { confirm, input, select } from '@inquirer/prompts';
import { jsonProblem } from './json-problem.js';
import { note, paint } from './output.js';
import type { Shape } from './schema.js';
import { shapeInWords } from './shape-text.js';
import { cell } from './table.js';
import { problemOf } from './value-check.js';

/** Asks for a message, field by field. Undefined where an optional one is left out. */
export async function askMessage(shape: Shape, path = '', required = true): Promise<unknown> {
  const label = path === '' ? 'message' : cell(path);
  if (shape.values !== undefined) return askChoice(shape, label, required);
  if (shape.type === 'boolean') return askChoice({ ...shape, values: [true, false] }, label, required);
  if (shape.type === 'object' && shape.fields.length > 0) return askObject(shape, path, required);
  if (shape.type === 'array') return askList(shape, path, required);
  return askValue(shape, label, required);
}

async function askObject(shape: Shape, path: string, required: boolean): Promise<unknown> {
  if (path !== '') {
    if (!required && !(await confirm({ message: `${cell(path)}: give it?`, default: false })))
      return undefined;
    note(paint('dim', `${cell(path)}:`, process.stderr));
  }
  const message: Record<string, unknown> = {};
  for (const { name, required: needed, shape: inner } of shape.fields) {
    const value = await askMessage(inner, path === '' ? name : `${path}.${name}`, needed);
    if (value !== undefined) message[name] = value;
  }
  return message;
}

async function askList(shape: Shape, path: string, required: boolean): Promise<unknown> {
  const { items, keywords } = shape;
  const label = path === '' ? 'message' : cell(path);
  if (items === undefined) return askValue({ ...shape, type: 'any' }, label, required);
  const least = typeof keywords['minItems'] === 'number' ? keywords['minItems'] : 0;
  const most = typeof keywords['maxItems'] === 'number' ? keywords['maxItems'] : Infinity;
  if (!required && !(await confirm({ message: `${label}: give it?`, default: false }))) return undefined;
  const list: unknown[] = [];
  while (list.length < most) {
    const message = `${label}: ${list.length === 0 ? 'add an item' : 'another item'}? (${list.length} so far)`;
    if (list.length >= least && !(await confirm({ message, default: list.length === 0 }))) break;
    list.push(await askMessage(items, `${path}[${list.length}]`));
  }
  return list;
}

async function askChoice(shape: Shape, label: string, required: boolean): Promise<unknown> {
  const { values = [], standard } = shape;
  const left = Symbol('left out');
  const choices: { name: string; value: unknown }[] = values.map((value) => ({
    name: cell(JSON.stringify(value)),
    value,
  }));
  if (shape.nullable) choices.push({ name: 'null', value: null });
  if (!required) choices.unshift({ name: 'leave it out', value: left });
  const answer = await select<unknown>({
    message: label,
    choices,
    ...(standard === undefined ? {} : { default: standard }),
  });
  return answer === left ? undefined : answer;
}

async function askValue(shape: Shape, label: string, required: boolean): Promise<unknown> {
  const words = [cell(shapeInWords(shape)), ...(required ? [] : ['Enter leaves it out'])].join('; ');
  const standard = shape.standard === undefined ? {} : { default: written(shape.standard) };
  const text = await input({
    message: `${label} ${paint('dim', `(${words})`)}`,
    validate: (given) => (given === '' && !required ? true : (read(shape, given).problem ?? true)),
    ...standard,
  });
  return text === '' && !required ? undefined : read(shape, text).value;
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What was typed, as the value that it stands for. Text needs no quotes; `""` is the empty text. */
function read(shape: Shape, text: string): { readonly value?: unknown; readonly problem?: string } {
  let value: unknown = text;
  if (text === 'null' && (shape.nullable || shape.type === 'null')) value = null;
  else if (shape.type === 'string') value = text === '""' ? '' : text;
  else if (shape.type === 'number' || shape.type === 'integer') {
    value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isNaN(value)) return { problem: 'Give a number.' };
  } else {
    if (text === '') return { problem: 'Give JSON, such as {"name":"Ada"}, "text", 1 or null.' };
    const problem = jsonProblem(text);
    if (problem !== undefined) {
      return { problem: `Not JSON: at character ${problem.offset + 1} should stand ${problem.expected}.` };
    }
    value = JSON.parse(text) as unknown;
  }
  const problem = problemOf(shape, value);
  return problem === undefined ? { value } : { problem };
}
