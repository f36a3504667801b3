import { lexemeRecord, type Upcast } from '../lexicon/lexeme-record.js';

export interface LexemeOptions {
  /** A whole number from 1; travels with each message. Default 1. */
  readonly version?: number;
  /**
   * Steps for messages of older versions: each takes its key's version and gives the next one, so 1 and 2
   * together bring a message from 1 to 3. The steps must reach `version` without a gap; a version below the first
   * step is refused.
   */
  readonly upcast?: Readonly<Record<number, Upcast>>;
  /** Refuses a message with keys that the class does not declare, instead of dropping them. Default false. */
  readonly strict?: boolean;
  /**
   * Its events are kept in Redis until each service that listens has handled them: at least once, and tried again when
   * a handler throws. Default false.
   */
  readonly durable?: boolean;
}

const LABEL = /^[\w-]+(\.[\w-]+)*$/;

/**
 * Names a message contract. The label is its topic: words of letters, digits, `-` and `_`, joined by dots.
 * A subclass does not inherit it.
 * @throws Error when the label, the version or the upcast steps are wrong
 */
export function Lexeme(label: string, options: LexemeOptions = {}): ClassDecorator {
  return (target) => {
    const { version = 1, upcast = {}, strict = false, durable = false } = options;
    const wrong = (what: string) => new Error(`@Lexeme on ${target.name}: ${what}`);
    if (typeof label !== 'string' || !LABEL.test(label)) {
      throw wrong(
        `the label ${JSON.stringify(label)} cannot be a topic; write words of letters, digits, "-" and "_" joined by dots, such as 'order.placed'`,
      );
    }
    if (!Number.isSafeInteger(version) || version < 1) {
      throw wrong(`the version ${String(version)} is not a whole number from 1; write { version: 1 }`);
    }
    if (lexemeRecord.read(target)) throw wrong('it is there twice; keep one');
    lexemeRecord.update(target, () => ({
      label,
      version,
      upcast: readSteps(upcast, version, wrong),
      strict,
      durable,
    }));
  };
}

function readSteps(
  upcast: Readonly<Record<number, Upcast>>,
  version: number,
  wrong: (what: string) => Error,
): ReadonlyMap<number, Upcast> {
  const steps = new Map<number, Upcast>();
  for (const [key, step] of Object.entries(upcast)) {
    const from = Number(key);
    if (!Number.isSafeInteger(from) || from < 1) {
      throw wrong(`upcast has the key '${key}'; its keys are the older versions, such as 1`);
    }
    if (from >= version) {
      throw wrong(
        `upcast has a step from version ${from}, which is not older than ${version}; remove it or raise the version`,
      );
    }
    if (typeof step !== 'function') {
      throw wrong(`upcast[${from}] is not a function; write (old) => ({ ...old })`);
    }
    steps.set(from, step);
  }
  for (let from = Math.min(...steps.keys()); from < version; from++) {
    if (!steps.has(from)) {
      throw wrong(
        `upcast has no step from version ${from} to ${from + 1}; add ${from}: (old) => ({ ...old })`,
      );
    }
  }
  return steps;
}
