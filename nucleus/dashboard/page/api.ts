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

export const sendRequest = (body: RequestBody): Promise<ActionAnswer> =>
  act('/request', body, body.timeout ?? 10_000);

export const sendEvent = (body: PublishBody): Promise<ActionAnswer> => act('/publish', body, 10_000);

/** Acts, and gives whatever came of it: a failure to reach the nucleus is an answer as well. */
async function act(path: string, body: RequestBody | PublishBody, timeout: number): Promise<ActionAnswer> {
  const startedAt = performance.now();
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token() ?? ''}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeout + PATIENCE),
    });
    const text = await response.text();
    const answer = read(text);
    if (answer) return answer;
    const code = response.status === 401 || response.status === 403 ? 'UNAUTHENTICATED' : 'INTERNAL';
    return failed(code, `The nucleus answered ${response.status}: ${text.slice(0, 200)}`, startedAt);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return failed('UNAVAILABLE', `The nucleus could not be reached: ${message}`, startedAt);
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
