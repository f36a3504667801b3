import type { InstanceRecord } from '../../nucleus/instance-record.js';
import { checkRecord } from '../../nucleus/record-check.js';
import type { Info } from '../wire/envelope.js';
import { sanitize } from '../wire/sanitize.js';

/** The record in an INFO; undefined when it is malformed, or of another than its sender: an instance speaks for itself only. */
export function infoRecord({ record }: Info, sender: string): InstanceRecord | undefined {
  const checked = sanitize(record) ? checkRecord(record) : undefined;
  return checked?.id === sender ? checked : undefined;
}
