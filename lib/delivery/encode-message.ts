import { AtomError } from '../errors.js';
import type { Headers } from '../runtime/context.js';
import { currentMessage } from '../runtime/current-message.js';
import { childTraceparent } from '../runtime/trace.js';
import { checkHeaders, isLongerThan } from '../wire/limits.js';

/**
 * `data` as JSON; undefined for undefined.
 * @throws AtomError `INVALID_ARGUMENT` when JSON cannot carry it or it is larger than `maxBody`
 */
export function encodeData(
  data: unknown,
  maxBody: number,
  service: string,
  what: string,
): string | undefined {
  let json: string | undefined;
  try {
    json = JSON.stringify(data);
  } catch (error) {
    throw new AtomError(
      'INVALID_ARGUMENT',
      `The message for ${service} ${what} cannot be sent as JSON: ${String(error)}`,
      { cause: error },
    );
  }
  if (json !== undefined && isLongerThan(json, maxBody)) {
    throw new AtomError(
      'INVALID_ARGUMENT',
      `The message for ${service} ${what} has ${Buffer.byteLength(json)} bytes; the limit (maxBody) is ${maxBody}`,
    );
  }
  return json;
}

/**
 * `headers` with the trace of the message being handled, where there is one.
 * @throws AtomError `INVALID_ARGUMENT` for headers that no receiver takes
 */
export function traced(headers: Headers | undefined): Headers | undefined {
  const parent = currentMessage.get();
  if (parent === undefined) {
    if (headers !== undefined) checkHeaders(headers);
    return headers;
  }
  const all = {
    traceparent: childTraceparent(parent.traceId, parent.headers.traceparent),
    ...(parent.headers.tracestate === undefined ? {} : { tracestate: parent.headers.tracestate }),
    ...headers,
  };
  checkHeaders(all);
  return all;
}
