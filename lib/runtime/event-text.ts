import type { OutgoingEvent } from './event-server.js';

/** The text of one event for a subscription, by its id and the sequence that it counts there. */
export type Encode = (id: number, sequence: number) => string;

/** Encodes an event for subscriptions; equal ones in a row share the text. */
export function encoder(event: OutgoingEvent): Encode {
  return encoderOf(tailOf(event));
}

/** Encodes what differs between subscriptions before `tail`, which does not. */
export function encoderOf(tail: string): Encode {
  let lastId = -1;
  let lastSequence = -1;
  let last = '';
  return (id, sequence) => {
    if (id !== lastId || sequence !== lastSequence) {
      last = `{"t":"evt","i":${id},"n":${sequence}${tail}`;
      lastId = id;
      lastSequence = sequence;
    }
    return last;
  };
}

function tailOf({ topic, by, data, version, headers, key }: OutgoingEvent): string {
  let tail = `,"p":${JSON.stringify(topic)}`;
  if (by !== '') tail += `,"by":${JSON.stringify(by)}`;
  if (version !== undefined) tail += `,"v":${version}`;
  if (headers !== undefined) tail += `,"h":${JSON.stringify(headers)}`;
  if (data !== undefined) tail += `,"d":${data}`;
  return key === undefined ? `${tail}}` : `${tail},"k":${JSON.stringify(key)}}`;
}
