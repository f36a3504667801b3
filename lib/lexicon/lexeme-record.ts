import { MetadataRecord } from '../metadata/metadata-store.js';

/** Brings a message from one version to the next; gets a copy that it may change. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a message of the past has no type any more
export type Upcast = (old: any) => unknown;

/** What `@Lexeme` recorded on a class. */
export interface LexemeRecord {
  readonly label: string;
  readonly version: number;
  /** Step functions by the version that they take; each gives the next one. */
  readonly upcast: ReadonlyMap<number, Upcast>;
  readonly strict: boolean;
  readonly durable: boolean;
}

export const lexemeRecord = new MetadataRecord<LexemeRecord>('lexeme');
