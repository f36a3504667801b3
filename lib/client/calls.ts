import { amended, AtomError } from '../errors.js';
import { ANY, lexemeOf } from '../lexicon/message-type.js';
import type { MessageCheck } from '../metadata/definitions.js';
import { checkMessage, serializeMessage, versionOf } from '../runtime/message-check.js';
import { compose } from '../runtime/middleware.js';
import type { Accepted, Response } from '../wire/envelope.js';
import { MAX_DEPTH, sanitize } from '../wire/sanitize.js';
import { checkOpen, type ClientHost, notSentIfWrong, senderOf } from './client-host.js';
import { normalizeHeaders, type RequestOptions } from './client-options.js';
import { OutboundContext } from './outbound-context.js';

/** A signal was taken by this instance: checked, and about to be handled. */
export interface SignalReceipt {
  readonly service: string;
  readonly instance: string;
}

/** One request or signal, as the client was asked for it. */
export interface OutgoingCall {
  readonly kind: 'req' | 'sig';
  readonly service: string;
  /** Operation or topic. */
  readonly what: string;
  readonly data: unknown;
  readonly options: RequestOptions;
  /** What the message is checked against; undefined: the lexeme that it is an instance of, if it is one. */
  readonly accepts?: MessageCheck;
  /** What the answer is checked against. */
  readonly returns: MessageCheck;
}

/** Sends requests and signals, through outbound middleware where there is some. Makes no promise of its own. */
export class Calls {
  constructor(private readonly host: ClientHost) {}

  /** Resolves to the checked answer, or a signal's receipt. @throws AtomError at once when the message is wrong */
  send(call: OutgoingCall): Promise<unknown> {
    return call.options.fallback === undefined ? this.sendNow(call) : this.sendWithFallback(call);
  }

  private async sendWithFallback(call: OutgoingCall): Promise<unknown> {
    try {
      return await this.sendNow(call);
    } catch (thrown) {
      const error = AtomError.from(thrown);
      if (!hasFallback(error)) throw thrown;
      const fallback: unknown = call.options.fallback;
      return typeof fallback === 'function' ? (fallback as (error: AtomError) => unknown)(error) : fallback;
    }
  }

  private sendNow(call: OutgoingCall): Promise<unknown> {
    checkOpen(this.host);
    const headers = normalizeHeaders(call.options.headers);
    if (this.host.outbound.length === 0) return this.dispatch(call, call.data, headers);
    const { clock, logger, instance, requestTimeout } = this.host;
    const isRequest = call.kind === 'req';
    const context = new OutboundContext(
      clock,
      logger,
      isRequest ? 'request' : 'signal',
      call.service,
      isRequest ? call.what : '',
      isRequest ? '' : call.what,
      call.data,
      headers,
      { instance, service: senderOf(this.host) },
      call.options.timeout ?? requestTimeout,
      call.options.signal,
    );
    return this.throughMiddleware(call, context);
  }

  /** What middleware throws is an error of the call's like any other. */
  private async throughMiddleware(call: OutgoingCall, context: OutboundContext): Promise<unknown> {
    let sent = false;
    try {
      return await compose(this.host.outbound, context, () => {
        sent = true;
        return this.dispatch(call, context.data, context.headers);
      });
    } catch (thrown) {
      if (AtomError.is(thrown) && thrown.outcome !== undefined) throw thrown;
      const { service, what: operation } = call;
      const about = { outcome: sent ? 'UNKNOWN' : 'NOT_SENT', service, operation, cause: thrown } as const;
      if (AtomError.is(thrown)) throw amended(thrown, about);
      throw new AtomError(
        'INTERNAL',
        `Middleware of '${service}::${operation}' failed: ${String(thrown)}`,
        about,
      );
    }
  }

  private dispatch(
    { kind, service, what, options, accepts, returns }: OutgoingCall,
    data: unknown,
    headers: Readonly<Record<string, string>> | undefined,
  ): Promise<unknown> {
    const check = accepts ?? checkOfInstance(data);
    return this.host.requester.call({
      kind,
      service,
      what,
      data: check.kind === 'lexeme' ? notSentIfWrong(() => serializeMessage(check, data)) : data,
      version: versionOf(check),
      by: senderOf(this.host),
      timeout: options.timeout,
      signal: options.signal,
      instance: options.instance,
      headers,
      options,
      convert:
        kind === 'sig'
          ? (_, instance): SignalReceipt => ({ service, instance })
          : returns.kind === 'any'
            ? plainAnswer
            : (answer) => checkedAnswer(answer as Response, returns, service, what),
    });
  }
}

/** No instance gave a result; and neither is the message wrong, nor has the caller lost interest. */
function hasFallback({ outcome, code }: AtomError): boolean {
  if (outcome === undefined || outcome === 'FAILED') return false;
  return code !== 'INVALID_ARGUMENT' && code !== 'CANCELLED';
}

/** The check of the lexeme that `value` is an instance of; none for plain data. */
export function checkOfInstance(value: unknown): MessageCheck {
  const lexeme = lexemeOf(value);
  return lexeme === undefined ? ANY : { kind: 'lexeme', lexeme };
}

function plainAnswer(answer: Response | Accepted): unknown {
  const { d } = answer as Response;
  if (sanitize(d)) return d;
  throw new AtomError('INTERNAL', `The answer is nested deeper than ${MAX_DEPTH}`, { outcome: 'FAILED' });
}

function checkedAnswer(answer: Response, returns: MessageCheck, service: string, what: string): unknown {
  try {
    return checkMessage(returns, answer.d, answer.v);
  } catch (error) {
    const cause = AtomError.from(error);
    const message = `The answer of '${service}::${what}' is not what was declared: ${cause.message}`;
    throw new AtomError('INTERNAL', message, {
      outcome: 'FAILED',
      details: cause.details,
      service,
      operation: what,
      cause,
    });
  }
}
