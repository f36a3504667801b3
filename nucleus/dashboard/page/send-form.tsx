import { useEffect, useId, useState } from 'preact/hooks';
import type { InstanceView, ServiceDetail } from '../../daemon/http-api.js';
import { sendEvent, sendRequest, type Sent } from './api.js';
import { Answer } from './answer.js';
import { shortId } from './format.js';
import { fieldsOf, sampleOf } from './schema.js';
import { TokenNotice } from './token-notice.js';
import { dropToken, token } from './token.js';
import type { Description } from './use-description.js';

interface Props {
  readonly service: string;
  readonly instances: readonly InstanceView[];
  readonly description: Description;
}

/** What can be sent: an operation of the service, or an event that it hears. */
interface Target {
  readonly kind: 'request' | 'event';
  readonly name: string;
  readonly accepts: string;
}

const MOST_INSTANCES = 200;
const DEFAULT_TIMEOUT = 10_000;
const LONGEST_TIMEOUT = 60_000;

/** Sends a request or an event, and shows what comes of it. */
export function SendForm({ service, instances, description }: Props) {
  if (description.state === 'asking') return <p class="empty">Asking the service what it takes…</p>;
  if (description.state === 'failed') return <p class="notice">{description.why}</p>;
  const targets = targetsOf(description.detail);
  if (targets.length === 0) return <p class="empty">It takes neither requests nor events.</p>;
  return <Form service={service} instances={instances} detail={description.detail} targets={targets} />;
}

interface FormProps {
  readonly service: string;
  readonly instances: readonly InstanceView[];
  readonly detail: ServiceDetail;
  readonly targets: readonly Target[];
}

function Form({ service, instances, detail, targets }: FormProps) {
  const id = useId();
  const [hasToken, setHasToken] = useState(token() !== undefined);
  const [chosen, choose] = useState(keyOf(targets[0]!));
  const target = targets.find((one) => keyOf(one) === chosen) ?? targets[0]!;
  const [topic, setTopic] = useState(target.name);
  const [text, setText] = useState('');
  const [timeout, setTimeoutMs] = useState(String(DEFAULT_TIMEOUT));
  const [instance, setInstance] = useState('');
  const [isSending, setSending] = useState(false);
  const [sent, setSent] = useState<Sent>();
  const schema = detail.lexemes[target.accepts]?.schema;
  const problem = problemOf(text);

  const fill = (): void => setText(sampleText(target, detail));
  useEffect(() => {
    fill();
    setTopic(target.name);
    setSent(undefined);
  }, [keyOf(target)]);

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (problem !== undefined || isSending || !hasToken) return;
    setSending(true);
    const data = text.trim() === '' ? undefined : (JSON.parse(text) as unknown);
    const outcome =
      target.kind === 'event'
        ? await sendEvent({ topic, data })
        : await sendRequest({
            service,
            operation: target.name,
            data,
            timeout: Number(timeout) || DEFAULT_TIMEOUT,
            ...(instance === '' ? {} : { instance }),
          });
    if (outcome.isRefused) {
      dropToken();
      setHasToken(false);
    }
    setSent(outcome);
    setSending(false);
  };

  return (
    <form class="send scroll" onSubmit={(event) => void send(event)} aria-label={`Send to ${service}`}>
      {!hasToken && <TokenNotice taken={() => setHasToken(true)} wasRefused={sent?.isRefused === true} />}
      <div class="field">
        <label for={`${id}-target`}>Message</label>
        <select
          id={`${id}-target`}
          value={keyOf(target)}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          {targets.map((one) => (
            <option key={keyOf(one)} value={keyOf(one)}>
              {one.kind === 'request' ? `request ${one.name}` : `event ${one.name}`}
            </option>
          ))}
        </select>
      </div>
      {target.kind === 'event' && /[*>]/.test(target.name) && (
        <div class="field">
          <label for={`${id}-topic`}>Topic</label>
          <input
            id={`${id}-topic`}
            required
            value={topic}
            onInput={({ currentTarget }) => setTopic(currentTarget.value)}
          />
        </div>
      )}
      <div class="field">
        <label for={`${id}-data`}>Data, JSON</label>
        <button type="button" class="as-link example" onClick={fill}>
          new example
        </button>
        <textarea
          id={`${id}-data`}
          class="mono"
          rows={Math.min(14, Math.max(4, text.split('\n').length + 1))}
          spellcheck={false}
          value={text}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem ${id}-hints`}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </div>
      <p id={`${id}-problem`} class="problem" role="status">
        {problem ?? ''}
      </p>
      {target.kind === 'request' ? (
        <div class="two">
          <div class="field">
            <label for={`${id}-timeout`}>Timeout, ms</label>
            <input
              id={`${id}-timeout`}
              type="number"
              min={1}
              max={LONGEST_TIMEOUT}
              required
              value={timeout}
              onInput={({ currentTarget }) => setTimeoutMs(currentTarget.value)}
            />
          </div>
          <div class="field">
            <label for={`${id}-instance`}>Instance</label>
            <select
              id={`${id}-instance`}
              value={instance}
              onChange={({ currentTarget }) => setInstance(currentTarget.value)}
            >
              <option value="">any</option>
              {instances
                .filter(({ health }) => health !== 'lost')
                .slice(0, MOST_INSTANCES)
                .map((one) => (
                  <option key={one.id} value={one.id}>
                    {shortId(one.id)} {one.health}
                  </option>
                ))}
            </select>
          </div>
        </div>
      ) : (
        <p class="muted">Every service that hears the topic gets it, not only this one.</p>
      )}
      <button type="submit" class="primary" disabled={!hasToken || problem !== undefined || isSending}>
        {isSending ? 'Sending…' : target.kind === 'request' ? 'Send request' : 'Publish event'}
      </button>
      <Answer sent={sent} />
      {schema && (
        <details class="hints" open>
          <summary>Fields of {target.accepts}</summary>
          <ul class="fields" id={`${id}-hints`}>
            {fieldsOf(schema).map(({ path, depth, type, required, rules }) => (
              <li key={path} style={{ paddingLeft: `${depth * 14}px` }}>
                <code>{path}</code>
                <span>
                  {[type, ...rules].join(', ')}
                  {!required && <span class="muted"> (optional)</span>}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </form>
  );
}

function keyOf({ kind, name }: Target): string {
  return `${kind} ${name}`;
}

function targetsOf({ operations, events }: ServiceDetail): Target[] {
  return [
    ...operations.map(({ name, accepts }) => ({ kind: 'request' as const, name, accepts })),
    ...[...new Map(events.map((event) => [event.topic, event])).values()].map(({ topic, accepts }) => ({
      kind: 'event' as const,
      name: topic,
      accepts,
    })),
  ];
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  string: '"text"',
  number: '1',
  boolean: 'true',
  none: '',
};

function sampleText({ accepts }: Target, detail: ServiceDetail): string {
  const schema = detail.lexemes[accepts]?.schema;
  if (schema) return JSON.stringify(sampleOf(schema, uuid), null, 2);
  return PRIMITIVES[accepts] ?? '{}';
}

/** `crypto.randomUUID` is only there on loopback and with TLS. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Why the text is no JSON; undefined when it is, or is empty. */
function problemOf(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `This is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}
