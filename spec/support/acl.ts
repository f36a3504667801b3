import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './tree.js';

/** The rules that a document tells users to give, in its block `acl`; of every environment. */
export function aclOf(document: string): string {
  const found = /^```acl\n([^`]*)^```/m.exec(readFileSync(join(ROOT, document), 'utf8'))?.[1];
  if (found === undefined) throw new Error(`${document} has no block 'acl'`);
  return found.trim().replaceAll('{atom:production}', '{atom:*}');
}
