import type { Envelope, Request, Response } from './envelope.js';
import { envelopeProblem, isId } from './validate.js';

/*
 * Requests (or responses) that follow one another and differ only in id, deadline and data are written as one
 * envelope, a run: `{"t":"req","s":"@a/b","o":"x","ms":[id, deadline, data, id, deadline, data]}`. It is two thirds as
 * long, and half as much work to parse.
 */

/** Most messages of a run; senders cut their batches long before. */
export const MAX_RUN = 1024;

/** A run as it is parsed, nothing of it checked. */
export type Run = Readonly<Record<string, unknown>> & { readonly ms: readonly unknown[] };

export function isRun(envelope: unknown): envelope is Run {
  return typeof envelope === 'object' && envelope !== null && Array.isArray((envelope as Partial<Run>).ms);
}

/** What a run of responses begins with. */
export function responseHead(version: number | undefined): string {
  if (version === undefined) return '{"t":"res"';
  return (heads[version] ??= `{"t":"res","v":${version}`);
}

/** By version; mostly there is one. */
const heads: Record<number, string> = {};

/** One of a run of requests. */
export function requestInRun(id: number, deadline: number, json: string): string {
  return `${id},${deadline},${json}`;
}

/** One of a run of responses. */
export function responseInRun(id: number, json: string): string {
  return `${id},${json}`;
}

/** Adds the envelopes of a run to `into`; says what is wrong with it. */
export function expandRun(run: Run, into: Envelope[]): string | undefined {
  const { ms } = run;
  const t = run.t as Envelope['t'];
  const fields = t === 'req' ? 3 : t === 'res' ? 2 : undefined;
  if (fields === undefined) return 'a run of what comes in no runs';
  if (ms.length === 0 || ms.length % fields !== 0 || ms.length > MAX_RUN * fields) {
    return `a run of '${t}' with ${ms.length} values`;
  }
  const first = into.length;
  if (t === 'req') expandRequests(run as Run & Required<Request>, into);
  else expandResponses(run as Run & Required<Response>, into);
  // What they share is checked once.
  const problem = envelopeProblem(into[first]);
  if (problem !== undefined) return problem;
  for (let at = first + 1; at < into.length; at++) {
    const { i, dl } = into[at] as Request;
    if (!isId(i) || (t === 'req' && !Number.isFinite(dl))) return `a malformed '${t}' in a run`;
  }
  return undefined;
}

function expandRequests({ t, s, o, by, h, v, a, k, u, ms }: Run & Required<Request>, into: Envelope[]): void {
  for (let at = 0; at < ms.length; at += 3) {
    into.push({ t, i: ms[at] as number, s, o, dl: ms[at + 1] as number, by, h, v, d: ms[at + 2], a, k, u });
  }
}

function expandResponses({ t, v, ms }: Run & Required<Response>, into: Envelope[]): void {
  for (let at = 0; at < ms.length; at += 2) into.push({ t, i: ms[at] as number, v, d: ms[at + 1] });
}
