import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endPrograms, ownNetwork, Program } from '../support/process.js';

/** A heartbeat of ZeroMQ's own, if there were one, would come within this, ms. */
const HEARTBEATS = 4000;

describe('a publisher that dies while a subscriber has no room for what it sent', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'atom-spec-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => endPrograms());

  it('does not take the subscriber with it', async () => {
    const env = { ...ownNetwork(), ATOM_LOG_LEVEL: 'silent' };
    const start = (program: string, options: object): Program =>
      new Program(`spec/chaos/programs/${program}.js`, { env, args: [JSON.stringify(options)] });
    const subscriber = start('subscriber', { name: 0, file: join(folder, 'subscriber'), ms: 60_000 });
    await subscriber.line(/^instance /);
    const publisher = start('publisher', {
      file: join(folder, 'publisher'),
      size: 10_000,
      instances: 1,
      service: '@chaos/subscriber',
    });
    await publisher.line(/^ready/);
    publisher.write('go 4000');
    await publisher.line(/^full/, 30_000);
    publisher.signal('SIGKILL');
    await publisher.ended;
    await Promise.race([subscriber.ended, sleep(HEARTBEATS)]);
    expect(subscriber.isRunning, subscriber.describe()).to.equal(true);
  });
});
