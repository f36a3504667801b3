import { expect } from 'chai';
import { multicastInterfaces } from '../../../nucleus/beacon/interfaces.js';

describe('the interfaces of multicast', () => {
  it('are the loopback alone for what is bound to it', () => {
    expect(multicastInterfaces('127.0.0.1')).to.deep.equal(['127.0.0.1']);
    expect(multicastInterfaces('127.0.0.2')).to.deep.equal(['127.0.0.2']);
    expect(multicastInterfaces('localhost')).to.deep.equal(['127.0.0.1']);
    expect(multicastInterfaces('::1')).to.deep.equal(['127.0.0.1']);
  });

  it('are the one that is bound, and the loopback, where those of the same host speak', () => {
    expect(multicastInterfaces('10.0.0.5')).to.deep.equal(['10.0.0.5', '127.0.0.1']);
  });

  it('are all where everything is bound', () => {
    expect(multicastInterfaces('0.0.0.0')).to.include('127.0.0.1');
  });
});
