import type { EvidenceKind } from '../directory.js';

const WORDS: Readonly<Record<EvidenceKind, string>> = {
  connected: 'it is connected',
  answered: 'it answers',
  disconnected: 'the connection to it broke',
  refused: 'its port refuses connections',
  unanswered: 'it does not answer PING',
  draining: 'it is draining',
  goodbye: 'it said goodbye',
  'lease-lost': 'its lease in the registry ran out',
  'beacon-silent': 'its beacon is silent',
};

/** What speaks against an instance, in words. */
export function evidenceInWords(evidence: readonly EvidenceKind[]): string {
  return evidence.map((kind) => WORDS[kind]).join(' and ');
}
