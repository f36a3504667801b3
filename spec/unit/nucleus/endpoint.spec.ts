import { expect } from 'chai';
import { isLoopback, joinEndpoint, splitEndpoint } from '../../../nucleus/endpoint.js';
import { hostId } from '../../../nucleus/host-id.js';

describe('endpoints', () => {
  it('come apart into host and port, and together again', () => {
    for (const [host, port] of [
      ['10.0.0.1', 1],
      ['orders.shop.svc', 65_535],
      ['::1', 80],
    ] as const) {
      expect(splitEndpoint(joinEndpoint(host, port))).to.deep.equal({ host, port });
    }
  });

  it('are refused when they are not tcp://host:port', () => {
    const bad = [
      '',
      'tcp://',
      'tcp://a',
      'tcp://a:0',
      'tcp://a:65536',
      'tcp://a:1/x',
      'udp://a:1',
      'tcp://a b:1',
      'tcp://::1:5',
      ' tcp://a:1',
    ];
    for (const text of bad) expect(splitEndpoint(text), text).to.equal(undefined);
  });

  it('know which of them mean this host', () => {
    for (const host of [
      '127.0.0.1',
      '127.255.0.9',
      'localhost',
      'LOCALHOST',
      '[::1]',
      '[::ffff:127.0.0.1]',
    ]) {
      expect(isLoopback(`tcp://${host}:5`), host).to.equal(true);
    }
    for (const host of ['10.0.0.1', '127.example.com', 'localhost.example.com', '[::2]', '128.0.0.1']) {
      expect(isLoopback(`tcp://${host}:5`), host).to.equal(false);
    }
  });
});

describe('hostId', () => {
  it('is the same each time, 16 hex digits', () => {
    expect(hostId()).to.match(/^[0-9a-f]{16}$/);
    expect(hostId()).to.equal(hostId());
  });
});
