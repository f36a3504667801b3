import type { InstanceHealth } from '../daemon/http-api.js';
import type { EvidenceKind } from '../directory.js';
import { paint, type Style } from './output.js';

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
