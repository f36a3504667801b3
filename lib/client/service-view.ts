import type { DirectoryEntry } from '../../nucleus/directory.js';

/** One service as the directory knows it now. */
export interface ServiceView {
  readonly name: string;
  readonly instances: readonly {
    readonly id: string;
    readonly version: string;
    readonly endpoint: string;
    readonly state: 'routable' | 'unroutable';
    readonly operations: readonly string[];
  }[];
}

/** The directory by service, sorted by name. */
export function serviceViews(entries: readonly DirectoryEntry[]): readonly ServiceView[] {
  const byName = new Map<string, ServiceView['instances'][number][]>();
  for (const { record, state } of entries) {
    for (const { name, version, operations } of record.services) {
      const instances = byName.get(name) ?? [];
      byName.set(name, instances);
      instances.push({
        id: record.id,
        version,
        endpoint: record.endpoint,
        state,
        operations: operations.map((operation) => operation.name),
      });
    }
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, instances]) => ({ name, instances }));
}
