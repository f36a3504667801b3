import type {
  ActionAnswer,
  DaemonHealth,
  HistoryEntry,
  InstanceDetail,
  PublishBody,
  RequestBody,
} from '../../daemon/http-api.js';
import { token } from './token.js';

/** How long the nucleus may take to answer a question about itself, ms. */
const PATIENCE = 5000;

async function get<T>(path: string): Promise<T> {
  const response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${response.statusText}`);
  return (await response.json()) as T;
}

export const fetchHealth = (): Promise<DaemonHealth> => get('/health');

export const fetchHistory = (): Promise<readonly HistoryEntry[]> => get('/history');

export const fetchInstance = (id: string): Promise<InstanceDetail> =>
  get(`/instances/${encodeURIComponent(id)}`);

/** What came of a request or an event. */
export interface Sent {
  readonly answer: ActionAnswer;
  /** The nucleus did not take the token. */
  readonly isRefused: boolean;
}

export const sendRequest = (body: RequestBody): Promise<Sent> =>
  act('/request', body, body.timeout ?? 10_000);

export const sendEvent = (body: PublishBody): Promise<Sent> => act('/publish', body, 10_000);

/** Acts, and gives whatever came of it: a failure to reach the nucleus is an answer as well. */
async function act(path: string, body: RequestBody | PublishBody, timeout: number): Promise<Sent> {
  const startedAt = performance.now();
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token() ?? ''}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeout + PATIENCE),
    });
    const text = await response.text();
    const message = `The nucleus answered ${response.status}: ${text.slice(0, 200)}`;
    // 401 is the nucleus's own: what a service says of its caller comes with another status.
    return {
      answer: read(text) ?? failed('INTERNAL', message, startedAt),
      isRefused: response.status === 401,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const answer = failed('UNAVAILABLE', `The nucleus could not be reached: ${message}`, startedAt);
    return { answer, isRefused: false };
  }
}

function read(text: string): ActionAnswer | undefined {
  try {
    const answer = JSON.parse(text) as ActionAnswer;
    return typeof answer.ok === 'boolean' ? answer : undefined;
  } catch {
    return undefined;
  }
}

function failed(code: string, message: string, startedAt: number): ActionAnswer {
  return { ok: false, error: { code, message }, ms: performance.now() - startedAt };
}
