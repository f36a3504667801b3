import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../nucleus/clock.js';
import { findRedis } from '../../nucleus/daemon/find-redis.js';
import { OwnRedis } from '../../nucleus/daemon/own-redis.js';
import { redisCommand } from '../../nucleus/daemon/redis-command.js';
import { type Logger, silentLogger } from '../../nucleus/logger.js';
import { processMark } from '../../nucleus/process-mark.js';
import { eventually } from '../support/eventually.js';
import { fastClock } from '../support/fast-clock.js';

describe("a nucleus's own Redis", function () {
  this.timeout(30_000);
  let root: string;
  let folder: string;
  let command: string;
  let said: string[];
  let redis: OwnRedis;
  const logger: Logger = {
    ...silentLogger,
    warn: (_, message) => void said.push(message),
    error: (_, message) => void said.push(message),
  };
  beforeEach(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'atom-own-redis-')));
    folder = join(root, 'redis');
    command = join(root, 'a-redis-server');
    said = [];
    install();
    redis = new OwnRedis({ command, folder, clock: systemClock, logger });
    await redis.start();
  });
  afterEach(async () => {
    await redis.stop();
    rmSync(root, { recursive: true, force: true });
  });

  function install(): void {
    writeFileSync(command, `#!/bin/sh\nexec ${findRedis()} "$@"\n`, { mode: 0o755 });
  }

  /** How often it was said that it was not started again. */
  const failures = (): number => said.filter((message) => message.includes('was not started again')).length;

  async function isBack(before: number | undefined): Promise<void> {
    const { port, password } = new URL(redis.url);
    await eventually(
      async () => {
        expect(redis.pid).to.be.a('number').and.not.to.equal(before);
        expect(await redisCommand(Number(port), password, 'PING', systemClock)).to.equal('+PONG');
      },
      { within: 15_000, every: 50 },
    );
  }

  function kill(): number {
    const { pid } = redis;
    process.kill(pid!, 'SIGKILL');
    return pid!;
  }

  it('comes back when its program was away for a while', async () => {
    rmSync(command);
    const before = kill();
    await eventually(() => failures() >= 2, { within: 10_000 });
    install();
    await isBack(before);
  });

  it('comes back when its folder could not be used for a while', async () => {
    const aside = join(root, 'aside');
    renameSync(folder, aside);
    writeFileSync(folder, '');
    const before = kill();
    await eventually(() => failures() >= 2, { within: 10_000 });
    rmSync(folder);
    renameSync(aside, folder);
    await isBack(before);
  });

  it('ends one that an earlier nucleus left, also where its folder is named by a link', async () => {
    const [real, link] = [join(root, 'real'), join(root, 'link')];
    mkdirSync(real);
    symlinkSync(real, link);
    // One that does not answer, and that does not end when it is asked to.
    const stubborn = `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000); console.log('ready')`;
    const left = spawn(process.execPath, ['-e', stubborn], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(left.stdout, 'data');
    const ended = once(left, 'exit');
    const identity = { pid: left.pid, mark: processMark(left.pid!) };
    writeFileSync(join(real, 'redis.json'), JSON.stringify(identity));
    const next = new OwnRedis({ command, folder: link, clock: fastClock(10), logger });
    try {
      await next.start();
      expect(left.signalCode).to.equal('SIGKILL');
    } finally {
      left.kill('SIGKILL');
      await ended;
      await next.stop();
    }
  });

  it('leaves another process alone that has the pid of the one that was left', async () => {
    const other = join(root, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'redis.json'), JSON.stringify({ pid: process.pid, mark: 'another start' }));
    const next = new OwnRedis({ command, folder: other, clock: fastClock(10), logger });
    try {
      await next.start();
    } finally {
      await next.stop();
    }
  });

  it('comes back, and says what is wrong, when it cannot be written down who it is', async () => {
    const note = join(folder, 'redis.json');
    rmSync(note);
    mkdirSync(note);
    try {
      await isBack(kill());
      expect(said).to.include('who the own Redis is cannot be written down');
    } finally {
      rmSync(note, { recursive: true });
    }
  });
});
