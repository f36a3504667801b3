import { createDiscovery, type DiscoveryOptions } from '../../nucleus/create-discovery.js';
import type { DirectoryChange } from '../../nucleus/directory.js';
import type { Discovery } from '../../nucleus/discovery.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import { FakeProbe } from './probe.js';
import { aRecord } from './records.js';

export interface Member {
  readonly discovery: Discovery;
  readonly record: InstanceRecord;
  readonly changes: DirectoryChange[];
}

/** Several discoveries that share one probe, as instances of one network share its sockets. */
export class Mesh {
  readonly probe = new FakeProbe();
  private readonly members: Member[] = [];

  constructor(private readonly options: Omit<DiscoveryOptions, 'self' | 'environment'>) {}

  /** A member that is started and announced. */
  join(over: Partial<DiscoveryOptions> = {}, recordOver: Partial<InstanceRecord> = {}): Member {
    const member = this.observe(over, recordOver);
    this.probe.listen(member.record);
    member.discovery.announce(member.record);
    return member;
  }

  /** A member that is started and serves nothing. */
  observe(over: Partial<DiscoveryOptions> = {}, recordOver: Partial<InstanceRecord> = {}): Member {
    const { environment = 'test', host = 'host-a' } = over;
    const record = aRecord({ environment, host, ...recordOver });
    const discovery = createDiscovery({ host, ...this.options, environment, self: record.id, ...over });
    const changes: DirectoryChange[] = [];
    discovery.directory.subscribe((change) => void changes.push(change));
    discovery.start(this.probe);
    const member = { discovery, record, changes };
    this.members.push(member);
    return member;
  }

  async close(): Promise<void> {
    await Promise.all(this.members.splice(0).map(({ discovery }) => discovery.close()));
  }
}

/** Ids that a member knows, in order. */
export function idsOf({ discovery }: Member): string[] {
  return discovery.directory
    .list()
    .map(({ record }) => record.id)
    .sort();
}

/** Ids of the others, in order. */
export function othersOf(member: Member, members: readonly Member[]): string[] {
  return members
    .filter((other) => other !== member)
    .map(({ record }) => record.id)
    .sort();
}
