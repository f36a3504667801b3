import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Clock } from '../../clock.js';
import { isInstanceId, isObject } from '../../record-check.js';
import type { ActionAnswer, PublishBody, RequestBody } from '../http-api.js';
import { isServiceName } from '../plausible.js';
import { failedWith, Refusal } from './answers.js';

/** What the page may do to the mesh. Rejections are answered with their `code`, `outcome`, `message` and `details`. */
export interface Actions {
  request(body: RequestBody, signal: AbortSignal): Promise<unknown>;
  /** Resolves to the receipt. */
  publish(body: PublishBody): Promise<unknown>;
}

/** `POST /request` and `POST /publish`: JSON of at most 1 MiB, 64 at a time. */
export function actionRoutes(actions: Actions, clock: Clock): Hono {
  let running = 0;
  const act = async (context: Context, run: (body: unknown) => Promise<unknown>): Promise<Response> => {
    const began = clock.now();
    const ms = (): number => Math.round((clock.now() - began) * 1000) / 1000;
    if (running >= MAX_RUNNING) {
      const mend = 'Wait for those that are under way';
      return failedWith(
        context,
        new Refusal(429, 'RESOURCE_EXHAUSTED', `${MAX_RUNNING} are under way`, mend),
        0,
      );
    }
    running++;
    try {
      const result = await run(await jsonOf(context));
      return context.json({ ok: true, result: result ?? null, ms: ms() } satisfies ActionAnswer);
    } catch (thrown) {
      return failedWith(context, thrown, ms());
    } finally {
      running--;
    }
  };
  return new Hono()
    .use(bodyLimit({ maxSize: MAX_BODY, onError: () => Promise.reject(TOO_LONG) }))
    .post('/request', (context) =>
      act(context, (body) => actions.request(requestOf(body), context.req.raw.signal)),
    )
    .post('/publish', (context) => act(context, (body) => actions.publish(publishOf(body))));
}

async function jsonOf(context: Context): Promise<unknown> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json *(;|$)/i.test(type)) {
    throw new Refusal(
      415,
      'INVALID_ARGUMENT',
      `The body is ${type === '' ? 'of no known type' : type.slice(0, 100)}, not JSON`,
      "Send it with 'Content-Type: application/json'",
    );
  }
  try {
    return (await context.req.json()) as unknown;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw wrong('The body is not JSON', 'Check its quotes and commas');
  }
}

function requestOf(body: unknown): RequestBody {
  if (!isObject(body)) throw wrong('The body is not an object', BODY);
  const { service, operation, data, timeout, instance } = body;
  if (!isServiceName(service))
    throw wrong(`'service' is not the name of a service`, `Write '@namespace/name'. ${BODY}`);
  if (typeof operation !== 'string' || operation === '' || operation.length > 255) {
    throw wrong(`'operation' is not the name of an operation`, BODY);
  }
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout >= 1 && timeout <= MAX_TIMEOUT)) {
    throw wrong(`'timeout' is not milliseconds from 1 to ${MAX_TIMEOUT}`, 'Leave it out for 10,000');
  }
  if (instance !== undefined && !isInstanceId(instance)) {
    throw wrong(
      `'instance' is not the id of an instance`,
      'Give its 32 hex digits, or leave it out for any instance',
    );
  }
  return {
    service,
    operation,
    data,
    timeout: timeout ?? DEFAULT_TIMEOUT,
    ...(instance !== undefined && { instance }),
  };
}

function publishOf(body: unknown): PublishBody {
  if (!isObject(body)) throw wrong('The body is not an object', PUBLISH_BODY);
  const { topic, data } = body;
  if (typeof topic !== 'string' || topic === '') throw wrong(`'topic' is not a topic`, PUBLISH_BODY);
  return { topic, data };
}

function wrong(message: string, mend: string): Refusal {
  return new Refusal(400, 'INVALID_ARGUMENT', message, mend);
}

const MAX_BODY = 1024 * 1024;
const MAX_RUNNING = 64;
const DEFAULT_TIMEOUT = 10_000;
const MAX_TIMEOUT = 60_000;
const BODY = 'Send { "service": …, "operation": …, "data": … }';
const PUBLISH_BODY = 'Send { "topic": …, "data": … }';
const TOO_LONG = new Refusal(413, 'RESOURCE_EXHAUSTED', 'The body is longer than 1 MiB', 'Send less');
