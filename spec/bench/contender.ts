import type { LEXEMES, LexemeName } from './order.js';
import type { Body } from './workload.js';

export type LexemeClass = (typeof LEXEMES)[LexemeName]['type'];

/** What the client or a subscriber needs to find the other side. */
export type Endpoints = readonly string[];

export interface Serving {
  readonly endpoints: Endpoints;
}

export interface Requester {
  /** Sends one request and calls `done` once with what came back. Never blocks; many may be in flight. */
  request(body: Body, done: (error: unknown, answer: unknown) => void): void;
}

export interface Publisher extends Serving {
  /** Queues one event for every subscriber. Never blocks; the harness keeps within its window. */
  publish(event: Body): void;
}

/**
 * One way to do what the benchmark measures. Each side runs in a process of its own, which the harness ends;
 * nothing has to be closed. What is left out is not measured.
 */
export interface Contender {
  /** As the table shows it. */
  readonly title: string;
  /** Packages that must be installed for it, where they are not dependencies of the project. */
  readonly needs?: readonly string[];
  readonly requests?: {
    /** Answers each request with `answer(request)` of workload.ts. */
    serve(): Promise<Serving>;
    /** Resolves once requests can be answered. */
    connect(endpoints: Endpoints): Promise<Requester>;
  };
  readonly events?: {
    publisher(): Promise<Publisher>;
    /** Calls `onEvent` with each event as it was published. May resolve before the subscription is in force. */
    subscribe(endpoints: Endpoints, onEvent: (event: unknown) => void): Promise<void>;
  };
  /** Gives the function that says whether a plain object is a valid message of a class (order.ts), having revived it. */
  readonly check?: (type: LexemeClass) => Promise<(data: unknown) => boolean | Promise<boolean>>;
}

/** The contenders in the order of the table; each is a file of `contenders/` that exports `contender`. */
export const FLOORS = ['zeromq-single', 'zeromq-batch', 'tcp', 'class-validator'] as const;
export const CONTENDERS = [...FLOORS, 'atom', 'nest-tcp'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

/** Loads a contender; says in words why there is none. */
export async function load(name: ContenderName): Promise<Contender | string> {
  let contender: Contender;
  try {
    const module = (await import(new URL(`./contenders/${name}.js`, import.meta.url).href)) as {
      contender: Contender;
    };
    contender = module.contender;
  } catch (error) {
    const { code, url } = error as { code?: string; url?: string };
    if (code === 'ERR_MODULE_NOT_FOUND' && url?.endsWith(`/${name}.js`)) return 'not written yet';
    throw error;
  }
  for (const need of contender.needs ?? []) {
    try {
      import.meta.resolve(need);
    } catch {
      return `${need} is not installed`;
    }
  }
  return contender;
}
