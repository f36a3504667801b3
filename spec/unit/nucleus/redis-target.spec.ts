import { expect } from 'chai';
import { RedisTarget } from '../../../nucleus/registry/redis-target.js';
import { parseRedisUrl, shownRedisUrl } from '../../../nucleus/registry/redis-url.js';

describe('the URL of Redis', () => {
  const forms: [url: string, options: object, name: string][] = [
    ['redis://', { host: '127.0.0.1', port: 6379 }, 'redis://127.0.0.1:6379'],
    ['redis://db', { host: 'db', port: 6379 }, 'redis://db:6379'],
    ['redis://db:80/3', { host: 'db', port: 80, db: 3 }, 'redis://db:80/3'],
    ['redis://[::1]:7000?family=6', { host: '::1', port: 7000, family: 6 }, 'redis://::1:7000'],
    ['redis://:p%40ss@db', { host: 'db', port: 6379, password: 'p@ss' }, 'redis://db:6379'],
    [
      'rediss://atom:p@db:6380',
      { host: 'db', port: 6380, username: 'atom', password: 'p', tls: {} },
      'rediss://db:6380',
    ],
    [
      'rediss://:p@a:1,b',
      {
        password: 'p',
        tls: {},
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 6379 },
        ],
      },
      'rediss://a:1,b:6379',
    ],
    [
      'redis+sentinel://:p@s1,s2:5000/main/2?sentinelPassword=q',
      {
        password: 'p',
        sentinelPassword: 'q',
        name: 'main',
        db: 2,
        sentinels: [
          { host: 's1', port: 26_379 },
          { host: 's2', port: 5000 },
        ],
      },
      'main by sentinel s1:26379, s2:5000',
    ],
    [
      'rediss+sentinel://s/main',
      {
        tls: {},
        sentinelTLS: {},
        enableTLSForSentinelMode: true,
        name: 'main',
        sentinels: [{ host: 's', port: 26_379 }],
      },
      'main by sentinel s:26379',
    ],
  ];
  for (const [url, options, name] of forms) {
    it(`${url} is understood`, () => {
      expect(parseRedisUrl(url)).to.deep.equal(options);
      const target = new RedisTarget(url);
      expect(target.name).to.equal(name);
      expect(target.isCluster).to.equal('nodes' in options);
    });
  }

  it('that is malformed is shown, unless it may hold a password', () => {
    for (const url of ['foo', 'localhost:6379', 'http://db/x'])
      expect(shownRedisUrl(url)).to.equal(`'${url}'`);
    for (const url of [
      ':s3cret@db',
      'redis://u:s3cret',
      'redis://s?sentinelPassword=s3cret',
      'redis://u:12@a:b',
    ]) {
      expect(shownRedisUrl(url)).to.equal('malformed');
    }
  });

  const mistakes = [
    'db:6379',
    'http://db',
    'redis://a:b',
    'redis://a,,b',
    'redis://db/x',
    'redis+sentinel://s',
  ];
  for (const url of [...mistakes, 'redis+sentinel:///main', 'redis://u:s3cret@a:99999']) {
    it(`${url} is refused, with how to write it`, () => {
      const refused = expect(() => new RedisTarget(url)).to.throw(TypeError, /write it as 'redis:/);
      refused.and.not.to.match(/s3cret/);
    });
  }
});

describe('the target', () => {
  it('of a cluster is also found by the nodes that it has named', () => {
    const target = new RedisTarget('redis://a:1');
    expect(target.learn(new Error('ECONNREFUSED'))).to.equal(false);
    expect(target.learn(new Error('MOVED 1 b:2'))).to.equal(true);
    target.found([{ host: 'b', port: 2 }]);
    expect(target.nodes).to.deep.equal([
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
    ]);
  });

  it('shows no password', () => {
    const target = new RedisTarget('redis+sentinel://u:s3cret@a/main?sentinelPassword=hidden');
    expect(target.describe(new Error('AUTH s3cret hidden'))).to.equal('AUTH *** ***');
  });
});
