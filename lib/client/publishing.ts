import { encodeData, traced } from '../delivery/encode-message.js';
import type { DurableEvents } from '../durable/durable-events.js';
import type { MessageCheck } from '../metadata/definitions.js';
import { topicProblem } from '../metadata/names.js';
import type { PublishReceipt } from '../runtime/event-server.js';
import type { OutgoingEvent } from '../runtime/outgoing-event.js';
import { serializeMessage, versionOf } from '../runtime/message-check.js';
import { compose } from '../runtime/middleware.js';
import { checkOfInstance } from './calls.js';
import { checkOpen, type ClientHost, notSent, notSentIfWrong, senderOf, withoutLog } from './client-host.js';
import { checkPublishOptions, normalizeHeaders, type PublishOptions } from './client-options.js';
import { OutboundContext } from './outbound-context.js';

interface Durably {
  readonly events: DurableEvents;
  readonly timeout: number;
}

/** Topics that are known to be good; past this many they are looked at again. */
const MAX_GOOD_TOPICS = 1000;

/** Publishes events, through outbound middleware where there is some. Makes no promise of its own. */
export class Publishing {
  private readonly goodTopics = new Set<string>();

  constructor(private readonly host: ClientHost) {}

  /** `named` is the topic; undefined: that of the message's lexeme. @throws AtomError at once when something is wrong */
  publish(
    named: string | undefined,
    message: unknown,
    options: PublishOptions | undefined,
  ): Promise<PublishReceipt> {
    checkOpen(this.host);
    const check = checkOfInstance(message);
    const topic = named ?? (check.kind === 'lexeme' ? check.lexeme.label : undefined);
    if (topic === undefined) throw notSent(withoutTopic(message));
    this.checkTopic(topic);
    if (options !== undefined) checkPublishOptions(options);
    const durable = this.durably(topic, check, options);
    const headers = normalizeHeaders(options?.headers);
    const { outbound, clock, logger, instance } = this.host;
    if (outbound.length === 0) return this.dispatch(topic, message, check, headers, options?.key, durable);
    const caller = { instance, service: senderOf(this.host) };
    const context = new OutboundContext(
      clock,
      logger,
      'event',
      '',
      '',
      topic,
      message,
      headers,
      caller,
      Infinity,
      undefined,
    );
    return compose(outbound, context, () =>
      this.dispatch(topic, context.data, check, context.headers, options?.key, durable),
    ) as Promise<PublishReceipt>;
  }

  private dispatch(
    topic: string,
    message: unknown,
    check: MessageCheck,
    headers: Readonly<Record<string, string>> | undefined,
    key: string | undefined,
    durable: Durably | undefined,
  ): Promise<PublishReceipt> {
    const event: OutgoingEvent = {
      topic,
      by: senderOf(this.host),
      data: notSentIfWrong(() =>
        encodeData(serializeMessage(check, message), this.host.maxBody, 'topic', topic),
      ),
      version: versionOf(check),
      headers: traced(headers),
      key,
    };
    if (durable === undefined) return this.host.publisher.publish(event);
    return durable.events.publish(event, key, durable.timeout);
  }

  /** How the event is kept; undefined: it is not. @throws AtomError when it cannot be */
  private durably(
    topic: string,
    check: MessageCheck,
    options: PublishOptions | undefined,
  ): Durably | undefined {
    const isLexemes = check.kind === 'lexeme' && check.lexeme.durable && check.lexeme.label === topic;
    if (!(options?.durable ?? isLexemes)) {
      if (options?.timeout === undefined) return undefined;
      throw notSent("Publish option 'timeout' is for durable events: add durable: true");
    }
    const { durable: events, requestTimeout } = this.host;
    if (events === undefined) throw withoutLog(`'${topic}' is published durably`);
    return { events, timeout: options?.timeout ?? requestTimeout };
  }

  /** @throws AtomError `INVALID_ARGUMENT` unless it is an exact topic */
  private checkTopic(topic: string): void {
    if (this.goodTopics.has(topic)) return;
    const problem = topicProblem(topic);
    if (problem !== undefined) throw notSent(problem);
    if (this.goodTopics.size >= MAX_GOOD_TOPICS) this.goodTopics.clear();
    this.goodTopics.add(topic);
  }
}

function withoutTopic(message: unknown): string {
  const name = (message as { constructor?: { name?: string } } | undefined)?.constructor?.name ?? 'message';
  return `publish(${name}) has no topic: decorate its class with @Lexeme('the.topic'), or say publish('the.topic', data)`;
}
