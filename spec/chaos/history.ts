/** What the client noted of its calls, a column each; times are ms on the machine's monotonic clock. */
export interface Calls {
  readonly id: readonly number[];
  /** When the open load wanted it sent: what latency counts from. */
  readonly due: readonly number[];
  readonly sent: readonly number[];
  readonly ended: readonly number[];
  /** Of a failure its outcome; empty for a success. */
  readonly outcome: readonly string[];
  readonly code: readonly string[];
  /** Which server answered: its name, or -1 where none did. */
  readonly by: readonly number[];
}

/** How the client saw an instance from `at` on. */
export interface Sight {
  readonly at: number;
  readonly instance: string;
  /** False also once it is forgotten. */
  readonly routable: boolean;
  readonly connected: boolean;
  readonly breaker: string;
}

/** What the client wrote down when it was stopped. */
export interface ClientHistory {
  readonly calls: Calls;
  readonly sights: readonly Sight[];
  /** Messages sent for calls up to each change of the load. */
  readonly attempts: readonly { readonly at: number; readonly sent: number }[];
  /** Events published: their numbers, to how many instances each, and how many dropped. */
  readonly published: readonly { readonly n: number; readonly instances: number; readonly dropped: number }[];
  /** Events heard: the requests that they tell of. */
  readonly heard: readonly number[];
  readonly lost: number;
}

export interface Execution {
  readonly server: number;
  readonly id: number;
  readonly at: number;
  /** What the handler's context said was left, ms. */
  readonly remaining: number;
}

/** From `at` on a server knew so many others that calls may go to. */
export interface Known {
  readonly server: number;
  readonly count: number;
  readonly at: number;
}

/** What the servers noted. */
export interface ServerHistory {
  readonly executions: readonly Execution[];
  /** Events handled. */
  readonly events: readonly { readonly server: number; readonly n: number }[];
  /** Publications: of which request, to how many instances. */
  readonly published: readonly { readonly server: number; readonly id: number; readonly instances: number }[];
  readonly known: readonly Known[];
}

/** Reads what one server wrote; its last line may be cut off. */
export function readServer(server: number, text: string): ServerHistory {
  const executions: Execution[] = [];
  const events: { server: number; n: number }[] = [];
  const published: { server: number; id: number; instances: number }[] = [];
  const known: Known[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const [kind, first, second, third] = line.split(' ');
    if (kind === 'x')
      executions.push({ server, id: Number(first), at: Number(second), remaining: Number(third) });
    else if (kind === 'e') events.push({ server, n: Number(first) });
    else if (kind === 'p') published.push({ server, id: Number(first), instances: Number(second) });
    else if (kind === 'k') known.push({ server, count: Number(first), at: Number(second) });
  }
  return { executions, events, published, known };
}

export function join(parts: readonly ServerHistory[]): ServerHistory {
  return {
    executions: parts.flatMap(({ executions }) => executions),
    events: parts.flatMap(({ events }) => events),
    published: parts.flatMap(({ published }) => published),
    known: parts.flatMap(({ known }) => known),
  };
}

/** What a publisher wrote down, a column each for what was accepted. */
export interface PublisherHistory {
  readonly n: readonly number[];
  /** When its receipt came. */
  readonly at: readonly number[];
  readonly instances: readonly number[];
  readonly dropped: readonly number[];
  /** Refused publications by outcome. */
  readonly failed: Readonly<Record<string, number>>;
}

/** What a subscriber noted. */
export interface SubscriberHistory {
  /** Numbers of the events that it began and handled, as often as it did. */
  readonly begun: readonly number[];
  readonly done: readonly number[];
  /** When it was told that it is behind, and that it has lost events. */
  readonly behind: readonly number[];
  readonly lost: readonly number[];
}

export function readSubscriber(text: string): SubscriberHistory {
  const begun: number[] = [];
  const done: number[] = [];
  const behind: number[] = [];
  const lost: number[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const [kind, n] = line.split(' ');
    const list = { b: begun, d: done, behind, lost }[kind!];
    list?.push(Number(n));
  }
  return { begun, done, behind, lost };
}
