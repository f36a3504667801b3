import { isCount, isEndpoint, isInstanceId, isObject, isText, parseJson } from '../record-check.js';
import type { BeaconMessage } from './beacon.js';

/** The layout's version; a reader skips datagrams of another one. */
export const DATAGRAM_VERSION = 1;

/** Fits an Ethernet frame, and a tunnel's smaller one, without fragments. */
export const MAX_DATAGRAM = 1200;

/** The message as bytes, at most {@link MAX_DATAGRAM}: names of services that do not fit are left out. */
export function encodeDatagram(message: BeaconMessage): Buffer {
  const head = {
    atom: DATAGRAM_VERSION,
    kind: message.kind,
    env: message.environment,
    host: message.host,
    id: message.instance,
    rev: message.revision,
    at: message.endpoint,
    every: message.every,
    by: message.relayedBy,
  };
  const services: string[] = [];
  let room = MAX_DATAGRAM - Buffer.byteLength(JSON.stringify({ ...head, services }));
  for (const name of message.services) {
    room -= Buffer.byteLength(JSON.stringify(name)) + 1;
    if (room < 0) break;
    services.push(name);
  }
  return Buffer.from(JSON.stringify({ ...head, services }));
}

/** The message in `bytes`, or undefined when it is none of this version. */
export function decodeDatagram(bytes: Uint8Array): BeaconMessage | undefined {
  if (bytes.length > MAX_DATAGRAM || bytes[0] !== OPENING_BRACE) return undefined;
  const value = parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  if (!isObject(value) || value.atom !== DATAGRAM_VERSION) return undefined;
  const { kind, env, host, id, rev, at, every, services, by } = value;
  if (kind !== 'here' && kind !== 'query' && kind !== 'goodbye') return undefined;
  if (!isText(env) || !isText(host) || !isInstanceId(id) || !isCount(rev)) return undefined;
  if (!isCount(every) || every < MIN_PERIOD || every > MAX_PERIOD) return undefined;
  if (rev === 0 ? at !== '' : !isEndpoint(at)) return undefined;
  if (!Array.isArray(services) || !services.every(isText)) return undefined;
  if (by !== undefined && !isInstanceId(by)) return undefined;
  return {
    kind,
    environment: env,
    host,
    instance: id,
    revision: rev,
    endpoint: at as string,
    every,
    services,
    ...(by !== undefined && { relayedBy: by }),
  };
}

const OPENING_BRACE = 0x7b;
/** A sender that claims to speak never, or all the time, would upset what silence means. */
const MIN_PERIOD = 100;
const MAX_PERIOD = 600_000;
