import type { InstanceHealth } from '../daemon/http-api.js';
import type { EvidenceKind } from '../directory.js';
import { paint, type Style } from './output.js';

const WORDS: Readonly<Record<EvidenceKind, string>> = {
  connected: 'it is connected',
  answered: 'it answers',
  disconnected: 'its connection was lost',
  refused: 'it refuses connections',
  unanswered: 'it does not answer PING',
  draining: 'it is draining: it finishes what it has and takes nothing new',
  goodbye: 'it said goodbye',
  'lease-lost': 'its lease in Redis has run out',
  'beacon-silent': 'its beacon is silent',
};

/** What speaks against an instance, as a sentence; empty when nothing does. */
export function evidenceInWords(against: readonly EvidenceKind[]): string {
  return against.map((kind) => WORDS[kind]).join('; ');
}

/** The health that one observer can tell: what is lost for good, it does not list any more. */
export function healthOf(against: readonly EvidenceKind[]): InstanceHealth {
  if (against.includes('draining')) return 'draining';
  return against.length > 0 ? 'slow' : 'alive';
}

const STYLES: Readonly<Record<InstanceHealth, Style>> = {
  alive: 'green',
  slow: 'yellow',
  draining: 'cyan',
  lost: 'red',
};

/** The word, in its colour. */
export function paintHealth(health: InstanceHealth, text: string = health): string {
  return paint(STYLES[health] ?? 'dim', text);
}
