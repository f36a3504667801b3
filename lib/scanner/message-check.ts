import type { Lexicon } from './lexicon.js';
import { prototypeOf } from './class-chain.js';
import { erasure, type Report } from './report.js';
import type { Class, MessageCheck, MessageType } from '../metadata/definitions.js';
import { emittedParameterTypes } from '../metadata/metadata-store.js';
import { show } from '../metadata/names.js';

/** What is at hand while one handler is scanned. */
export interface HandlerPlace {
  /** The handler in messages: `Class.method`. */
  readonly where: string;
  /** The class that declares it: the service's or a base. */
  readonly declaring: object;
  readonly lexicon: Lexicon;
  readonly report: Report;
}

type Option = 'accepts' | 'returns';

const ANY: MessageCheck = Object.freeze({ kind: 'any' });
const NONE: MessageCheck = Object.freeze({ kind: 'none' });

/** The check of what a handler takes: of its `accepts`, or of the type that the compiler emitted for its first parameter. */
export function acceptsCheck(
  options: { readonly accepts?: MessageType },
  method: string,
  place: HandlerPlace,
): MessageCheck {
  if ('accepts' in options) return declaredCheck(options.accepts, 'accepts', place);
  const { where, report } = place;
  const types = emittedParameterTypes(prototypeOf(place.declaring), method);
  if (types === undefined) {
    report(
      `${where}: the compiler emitted no types for its parameters: set emitDecoratorMetadata in tsconfig.json and ` +
        `compile with tsc (esbuild and tsx cannot emit them); or ${mend('accepts')}`,
    );
    return ANY;
  }
  if (types.length === 0) return NONE;
  const [type] = types;
  const erased = erasure(type);
  if (erased === undefined) return classCheck(type, `the message type ${show(type)}`, 'accepts', place);
  report(
    `${where}: the type of its message is not known: ${erased}. Declare a class with rules, or ${mend('accepts')}`,
  );
  return ANY;
}

/** The check of what a handler returns; anything when it declares nothing. */
export function returnsCheck(options: { readonly returns?: MessageType }, place: HandlerPlace): MessageCheck {
  return 'returns' in options ? declaredCheck(options.returns, 'returns', place) : ANY;
}

function declaredCheck(type: unknown, option: Option, place: HandlerPlace): MessageCheck {
  if (type === 'any') return ANY;
  const erased = erasure(type);
  if (erased === undefined && typeof type === 'function') {
    return classCheck(type, `${option}: ${show(type)}`, option, place);
  }
  const why = type === undefined ? `: ${erased}` : '';
  place.report(
    `${place.where}: ${option} takes a message class, String, Number, Boolean or 'any', not ${show(type)}${why}`,
  );
  return ANY;
}

function classCheck(type: unknown, what: string, option: Option, place: HandlerPlace): MessageCheck {
  if (type === String) return Object.freeze({ kind: 'primitive', type: 'string' });
  if (type === Number) return Object.freeze({ kind: 'primitive', type: 'number' });
  if (type === Boolean) return Object.freeze({ kind: 'primitive', type: 'boolean' });
  const { where, lexicon, report } = place;
  if (!lexicon.isLexemeType(type as Class)) {
    report(
      `${where}: ${what} has no rules, so nothing could be checked: put class-validator decorators on its properties, ` +
        `or ${mend(option)}`,
    );
    return ANY;
  }
  try {
    return Object.freeze({ kind: 'lexeme', lexeme: lexicon.compileLexeme(type as Class) });
  } catch (error) {
    report(`${where}: ${what} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
    return ANY;
  }
}

/** How to say what a message is. */
function mend(option: Option): string {
  return `say { ${option}: GetUser } with the class of the message, or { ${option}: 'any' } on purpose`;
}
