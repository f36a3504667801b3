import { expect } from 'chai';
import { LogAway } from '../../lib/durable/durable-log.js';
import { RedisConnection } from '../../lib/durable/redis/redis-connection.js';
import { systemClock } from '../../nucleus/clock.js';
import { RedisTarget } from '../../nucleus/registry/redis-target.js';
import { RedisFixture } from '../support/redis.js';

describe('a connection to Redis for durable events', () => {
  const redis = new RedisFixture();
  let connection: RedisConnection;

  before(() => redis.start());
  after(() => redis.stop());
  beforeEach(() => (connection = new RedisConnection(new RedisTarget(redis.url), systemClock)));
  afterEach(() => connection.close());

  /** What becomes of a command that Redis answers with an error. */
  const outcomeOf = (error: string): Promise<unknown> =>
    connection
      .run((client) => client.eval('return redis.error_reply(ARGV[1])', 0, error))
      .catch((thrown: unknown) => thrown);

  const READONLY = "READONLY You can't write against a read only replica.";
  for (const answer of [
    READONLY,
    'LOADING Redis is loading the dataset in memory',
    `ERR Error running script (call to f_6d0a): @user_script:3: @user_script: 3: -${READONLY}`,
  ]) {
    it(`takes it for away, nothing done, when it answers "${answer.slice(0, 24)}…"`, async () => {
      const away = await outcomeOf(answer);
      expect(away).to.be.instanceOf(LogAway);
      expect((away as LogAway).maybeDone).to.equal(false);
    });
  }

  it('passes on what is wrong with the command itself', async () => {
    const wrong = 'ERR Error running script (call to f_6d0a): @user_script:3: nothing of -READONLY here';
    expect(await outcomeOf(wrong))
      .to.be.instanceOf(Error)
      .and.not.instanceOf(LogAway);
  });
});
