import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutation } from './mutant.js';
import { ROOT } from './tree.js';

/** What keeps a mutation of the sources from being one. */
export function mutationFaults({ file, find, replace }: Mutation): string[] {
  const path = join(ROOT, file);
  const times = existsSync(path) ? readFileSync(path, 'utf8').split(find).length - 1 : 0;
  return [
    ...(times === 1 ? [] : [`found ${times} times, not once, in ${file}: ${find}`]),
    ...(find === replace ? [`the mutation of ${file} changes nothing`] : []),
  ];
}
