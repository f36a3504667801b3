import type { GapListener } from '../runtime/gap.js';

/** How live events are followed. */
export interface LiveEventOptions {
  /** Told of live events that did not reach this process, whoever of it listens. They are counted and logged as well. */
  readonly onGap?: GapListener;
  /**
   * Keeps what this process published last, of all topics together, and sends it again to a subscriber that missed
   * it: because its connection broke, or its byte budget was full. `true`: 10,000 events, and 8 MiB of them. Default: false.
   */
  readonly replay?: boolean | { readonly messages?: number; readonly bytes?: number };
}

export interface ResolvedEvents {
  readonly onGap: GapListener | undefined;
  readonly replay: { readonly messages: number; readonly bytes: number } | undefined;
}

/** How an option is checked that is a number, and how one is that has parts; both note what is wrong. */
interface Checks {
  readonly number: (
    name: `events.${string}`,
    given: unknown,
    fallback: number,
    least: number,
    most: number,
  ) => number;
  readonly keys: (given: object, known: readonly string[], where: string) => void;
  readonly problem: (text: string) => void;
}

export function resolveEvents(given: LiveEventOptions, { number, keys, problem }: Checks): ResolvedEvents {
  keys(given, ['onGap', 'replay'], 'events.');
  const { onGap, replay = false } = given;
  if (onGap !== undefined && typeof onGap !== 'function') {
    problem("option 'events.onGap' is not a function; give (gap) => void");
  }
  if (typeof replay !== 'boolean' && (typeof replay !== 'object' || replay === null)) {
    problem(`option 'events.replay' is ${JSON.stringify(replay)}; give true, or { messages, bytes }`);
    return { onGap, replay: undefined };
  }
  if (replay === false) return { onGap, replay: undefined };
  const { messages, bytes } = replay === true ? {} : replay;
  if (replay !== true) keys(replay, ['messages', 'bytes'], 'events.replay.');
  return {
    onGap,
    replay: {
      messages: Math.floor(number('events.replay.messages', messages, 10_000, 1, 10_000_000)),
      bytes: number('events.replay.bytes', bytes, 8 * 1024 ** 2, 1024, 4 * 1024 ** 3),
    },
  };
}
