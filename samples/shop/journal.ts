import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Application } from 'atomjs';
import { name } from './run.js';

const folder = process.env.SHOP_LOG;

/** Notes a line of JSON in the folder SHOP_LOG, where there is one, for those who want to know exactly. */
export function journal(entry: object): void {
  if (folder === undefined) return;
  const at = Number(process.hrtime.bigint()) / 1e6; // the same clock in all processes of a machine
  appendFileSync(join(folder, `${name}.jsonl`), `${JSON.stringify({ at, ...entry })}\n`);
}

/** Notes to which instances this process has sent how many requests, and when the last. */
export function logPeers(app: Application): void {
  if (folder === undefined) return;
  setInterval(() => journal({ peers: app.status().peers }), 20).unref();
}
