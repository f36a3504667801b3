import type { Lexicon } from './lexicon.js';
import { prototypeOf } from './class-chain.js';
import { erasure, type Report } from './report.js';
import type { Class, MessageCheck, MessageType } from '../metadata/definitions.js';
import { emittedParameterTypes } from '../metadata/metadata-store.js';
import { show } from '../metadata/names.js';
import { tokenName } from '../metadata/tokens.js';

const ANY: MessageCheck = Object.freeze({ kind: 'any' });
const NONE: MessageCheck = Object.freeze({ kind: 'none' });
const MEND = "say { accepts: GetUser } with the class of the message, or { accepts: 'any' } on purpose";

/** The check of what a handler takes: of its `accepts`, or of the type that the compiler emitted for its first parameter. */
export function acceptsCheck(
  options: { readonly accepts?: MessageType },
  declaring: object,
  method: string,
  where: string,
  lexicon: Lexicon,
  report: Report,
): MessageCheck {
  if ('accepts' in options) return declaredCheck(options.accepts, 'accepts', where, lexicon, report);
  const types = emittedParameterTypes(prototypeOf(declaring), method);
  if (types === undefined) {
    report(
      `${where}: the compiler emitted no types for its parameters: set emitDecoratorMetadata in tsconfig.json and ` +
        `compile with tsc (esbuild and tsx cannot emit them); or ${MEND}`,
    );
    return ANY;
  }
  if (types.length === 0) return NONE;
  const [type] = types;
  const erased = erasure(type);
  if (erased !== undefined) {
    report(
      `${where}: the type of its message is not known: ${erased}. Declare a class with rules, or ${MEND}`,
    );
    return ANY;
  }
  return classCheck(type, `the message type ${tokenName(type as MessageType)}`, where, lexicon, report);
}

/** The check of what a handler returns; anything when it declares nothing. */
export function returnsCheck(
  options: { readonly returns?: MessageType },
  where: string,
  lexicon: Lexicon,
  report: Report,
): MessageCheck {
  return 'returns' in options ? declaredCheck(options.returns, 'returns', where, lexicon, report) : ANY;
}

function declaredCheck(
  type: unknown,
  option: 'accepts' | 'returns',
  where: string,
  lexicon: Lexicon,
  report: Report,
): MessageCheck {
  if (type === 'any') return ANY;
  const erased = erasure(type);
  if (erased === undefined && typeof type === 'function') {
    return classCheck(type, `${option}: ${type.name}`, where, lexicon, report);
  }
  const why = type === undefined ? `: ${erased}` : '';
  report(
    `${where}: ${option} takes a message class, String, Number, Boolean or 'any', not ${show(type)}${why}`,
  );
  return ANY;
}

function classCheck(
  type: unknown,
  what: string,
  where: string,
  lexicon: Lexicon,
  report: Report,
): MessageCheck {
  if (type === String) return Object.freeze({ kind: 'primitive', type: 'string' });
  if (type === Number) return Object.freeze({ kind: 'primitive', type: 'number' });
  if (type === Boolean) return Object.freeze({ kind: 'primitive', type: 'boolean' });
  if (!lexicon.isLexemeType(type as Class)) {
    report(
      `${where}: ${what} has no rules, so nothing could be checked: put class-validator decorators on its properties ` +
        `and @Lexeme on it, or ${MEND.replace('accepts: GetUser', `${what.startsWith('returns') ? 'returns' : 'accepts'}: GetUser`)}`,
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
