import type { InstanceRecord } from '../../instance-record.js';
import { offersOf } from '../offers.js';
import { counted, listed, warning, type Finding } from './check.js';

const MOST_SHOWN = 5;

/** Services of one name and version whose instances do not all offer the same: a call fails where it is lacking. */
export function unlikeServices(records: readonly InstanceRecord[]): Finding[] {
  const groups = new Map<string, InstanceRecord[]>();
  for (const record of records) {
    for (const { name, version } of record.services) {
      const group = `${name} ${version}`;
      groups.set(group, [...(groups.get(group) ?? []), record]);
    }
  }
  return [...groups].flatMap(([group, members]) => {
    const [service = ''] = group.split(' ');
    const lacking = lacks(service, members);
    if (lacking.length === 0) return [];
    const left = lacking.length - MOST_SHOWN;
    const more = left > 0 ? `; and ${left} more` : '';
    return warning(
      `${counted(members.length, 'instance')} of ${group} do not offer the same: ${lacking.slice(0, MOST_SHOWN).join('; ')}${more}`,
      'Are they different programs? Give each a service name of its own. Or is one older? Restart it (atom ps --wide).',
    );
  });
}

/** What some offer and others do not, with those that lack it. */
function lacks(service: string, members: readonly InstanceRecord[]): string[] {
  const offers = members.map((record) => ({
    id: record.id,
    has: new Set(offersOf(declared(record), service)),
  }));
  const all = [...new Set(offers.flatMap(({ has }) => [...has]))].sort();
  return all.flatMap((offer) => {
    const without = offers.filter(({ has }) => !has.has(offer)).map(({ id }) => id.slice(0, 12));
    return without.length === 0 ? [] : `${offer} is lacking in ${listed(without, MOST_SHOWN)}`;
  });
}

/** Without what a process may have subscribed to while it runs: that is a broadcast. */
function declared(record: InstanceRecord): InstanceRecord {
  const subscriptions = record.subscriptions.filter(({ delivery }) => delivery !== 'broadcast');
  return { ...record, subscriptions };
}
