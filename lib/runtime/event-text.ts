import type { OutgoingEvent } from './outgoing-event.js';

/** The text of one event for a subscription, by its id and the sequence that it counts there. */
export type Encode = (id: number, sequence: number) => string;

/** The text of an event: what differs between subscriptions comes before `tail`. */
export function encodeEvent(id: number, sequence: number, tail: string): string {
  return `{"t":"evt","i":${id},"n":${sequence}${tail}`;
}

/** What `encodeEvent` has made, taken apart; undefined for the text of another message. */
export function partsOfEvent(
  text: string,
): { readonly id: number; readonly sequence: number; readonly tail: string } | undefined {
  const [start, id, sequence] = START.exec(text) ?? [];
  if (start === undefined) return undefined;
  return { id: Number(id), sequence: Number(sequence), tail: text.slice(start.length) };
}

const START = /^\{"t":"evt","i":(\d+),"n":(\d+)/;

/** Encodes an event for subscriptions; equal ones in a row share the text. */
export function encoder(tail: string): Encode {
  let lastId = -1;
  let lastSequence = -1;
  let last = '';
  return (id, sequence) => {
    if (id !== lastId || sequence !== lastSequence) {
      last = encodeEvent(id, sequence, tail);
      lastId = id;
      lastSequence = sequence;
    }
    return last;
  };
}

/** What is the same for every subscription. */
export function tailOf({ topic, by, data, version, headers, key }: OutgoingEvent): string {
  let tail = `,"p":${JSON.stringify(topic)}`;
  if (by !== '') tail += `,"by":${JSON.stringify(by)}`;
  if (version !== undefined) tail += `,"v":${version}`;
  if (headers !== undefined) tail += `,"h":${JSON.stringify(headers)}`;
  if (key !== undefined) tail += `,"k":${JSON.stringify(key)}`;
  return data === undefined ? `${tail}}` : `${tail},"d":${data}}`;
}
