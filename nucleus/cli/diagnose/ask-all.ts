import { createProbe } from '../../../lib/delivery/probe.js';
import { ZeromqTransport } from '../../../lib/transport/zeromq/zeromq-transport.js';
import { systemClock } from '../../clock.js';
import type { InstanceRecord } from '../../instance-record.js';
import { knock } from '../../registry/knock.js';
import { newId } from './new-id.js';

/** What became of asking an endpoint who listens there. */
export type Answer =
  /** `events`: its socket for events is there as well. */
  | { readonly state: 'answered'; readonly record: InstanceRecord; readonly events: boolean }
  /** Something listens there, and does not answer as an instance does. */
  | { readonly state: 'mute' }
  | { readonly state: 'unreachable'; readonly reason: string };

const CONCURRENCY = 32;
const PATIENCE = 1500;

/** Asks each endpoint, at most 32 at a time, each for at most 3 s. Never rejects. */
export async function askAll(endpoints: readonly string[]): Promise<ReadonlyMap<string, Answer>> {
  const answers = new Map<string, Answer>();
  if (endpoints.length === 0) return answers;
  const transport = new ZeromqTransport({ instance: newId() }, systemClock);
  const probe = createProbe(transport, systemClock);
  const ask = async (endpoint: string): Promise<Answer> => {
    try {
      await knockAt(endpoint);
    } catch (error) {
      return { state: 'unreachable', reason: error instanceof Error ? error.message : String(error) };
    }
    try {
      const record = await probe.probe(endpoint, PATIENCE);
      const events = await knockAt(record.eventsEndpoint).then(
        () => true,
        () => false,
      );
      return { state: 'answered', record, events };
    } catch {
      return { state: 'mute' };
    }
  };
  const waiting = [...endpoints];
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      answers.set(next, await ask(next));
  };
  try {
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, endpoints.length) }, worker));
  } finally {
    await transport.close();
  }
  return answers;
}

const knockAt = (endpoint: string): Promise<void> =>
  knock(endpoint, systemClock, PATIENCE, new AbortController().signal);
