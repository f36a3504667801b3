import { expect } from 'chai';
import { isMeant } from '../../../../nucleus/cli/nucleus-http.js';

describe('the nucleus of this machine is asked', () => {
  it('where ATOM_NUCLEUS says nothing, or names its registry', () => {
    expect(isMeant()).to.equal(true);
    expect(isMeant('', 'tcp://10.0.0.5:7001')).to.equal(true);
    for (const own of ['tcp://localhost:7993', 'tcp://[::1]:7993', 'tcp://prod:7993, tcp://127.0.0.1:7993']) {
      expect(isMeant(own), own).to.equal(true);
    }
    expect(isMeant('tcp://10.0.0.5:7001', 'tcp://10.0.0.5:7001')).to.equal(true);
    expect(isMeant('tcp://127.0.0.1:7001', 'tcp://10.0.0.5:7001')).to.equal(true);
  });

  it('not where it names others, or none', () => {
    for (const other of ['off', 'tcp://prod:7993', 'tcp://127.0.0.1:7001', 'nonsense']) {
      expect(isMeant(other), other).to.equal(false);
    }
    expect(isMeant('tcp://127.0.0.1:7993', 'tcp://127.0.0.1:7001')).to.equal(false);
    expect(isMeant('tcp://10.0.0.6:7001', 'tcp://10.0.0.5:7001')).to.equal(false);
  });
});
