import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The `redis-server` or `valkey-server` of the machine; undefined when neither is on the path. */
export function findRedis(path = process.env.PATH ?? ''): string | undefined {
  for (const folder of path.split(delimiter).filter((each) => each !== '')) {
    for (const name of ['redis-server', 'valkey-server']) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // not there
      }
    }
  }
  return undefined;
}
