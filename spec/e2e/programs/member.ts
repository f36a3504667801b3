/**
 * A member of a mesh: `node member.js NAME [OTHER]` serves `@mesh/NAME`, and asks `@mesh/OTHER` again and again as soon
 * as it is found. Ends by SIGTERM, with how often it asked and failed.
 */
import { AtomFactory, AtomModule, AtomService, OnRequest } from 'atomjs';
import { setTimeout as sleep } from 'node:timers/promises';

const [name = '', other] = process.argv.slice(2);
let asked = 0;
const failures: string[] = [];

@AtomService(`@mesh/${name}`)
class Member {
  @OnRequest({ accepts: 'any' })
  double(value: number): number {
    return 2 * value;
  }

  onClose(): void {
    if (other !== undefined) console.log(`asked ${asked} failed ${JSON.stringify(failures.slice(0, 3))}`);
  }
}

@AtomModule({ services: [Member] })
class MemberModule {}

const app = await AtomFactory.create(MemberModule, { logLevel: 'silent' }).listen();
console.log(`listening ${app.status().instance} ${app.status().endpoint}`);
if (other !== undefined) {
  await app.client.waitFor(`@mesh/${other}`, { timeout: 30_000 });
  console.log('found');
  while (app.status().state === 'listening') {
    asked++;
    await app.client.request(`@mesh/${other}`, 'double', asked).catch((error: unknown) => {
      if (app.status().state === 'listening') failures.push(String(error));
    });
    await sleep(2);
  }
}
