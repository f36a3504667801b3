/**
 * Many applications in one process: `node crowd.js '<CrowdOptions as JSON>'`. Commands: `join` (they start one after another). It notes when each of
 * them listens (`j ID AT`), and, if it watches, when its first one sees another come (`s ID AT`) and go (`g ID AT`).
 */
import { openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AtomFactory, AtomModule, AtomService, OnRequest } from 'atomjs';
import { monotonic, onCommand, say } from './common.js';

export interface CrowdOptions {
  readonly name: number;
  readonly file: string;
  readonly count: number;
  /** From one start to the next, ms. */
  readonly every: number;
  readonly watches: boolean;
}

/** How often it looks who is there, ms. */
const LOOK = 50;

const options = JSON.parse(process.argv[2] ?? '') as CrowdOptions;
const notes = openSync(options.file, 'a');
const note = (...words: readonly (string | number)[]): void => void writeSync(notes, `${words.join(' ')}\n`);

@AtomService('@crowd/member')
class Member {
  @OnRequest({ accepts: 'any', returns: 'any' })
  ping(): string {
    return 'pong';
  }
}

@AtomModule({ services: [Member] })
class MemberModule {}

async function join(): Promise<void> {
  const begun = monotonic();
  for (let made = 0; made < options.count; made++) {
    const app = AtomFactory.create(MemberModule, { shutdownSignals: false, logger: false });
    await app.listen();
    note('j', app.status().instance, monotonic());
    if (made === 0 && options.watches) watch(app.client);
    await sleep(Math.max(0, begun + (made + 1) * options.every - monotonic()));
  }
  say('joined');
}

function watch(client: { services(): readonly { instances: readonly { id: string }[] }[] }): void {
  let known = new Set<string>();
  setInterval(() => {
    const now = new Set(client.services().flatMap(({ instances }) => instances.map(({ id }) => id)));
    for (const id of now) if (!known.has(id)) note('s', id, monotonic());
    for (const id of known) if (!now.has(id)) note('g', id, monotonic());
    known = now;
  }, LOOK);
}

onCommand(([what]) => {
  if (what === 'join') {
    join().catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  }
});
say('ready');
