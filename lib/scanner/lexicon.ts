import type { CompiledLexeme } from '../lexicon/lexeme.js';
import type { Class } from '../metadata/definitions.js';

/** What the scanner needs to know of message classes. */
export interface Lexicon {
  /** True when messages of this class can be checked: it is a lexeme, or has validation rules. */
  isLexemeType(type: Class): boolean;
  /** @throws Error when its rules do not fit together */
  compileLexeme(type: Class): CompiledLexeme;
}
