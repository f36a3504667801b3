import { expect } from 'chai';
import { parseMulticast } from '../../../nucleus/multicast-option.js';

describe('parseMulticast', () => {
  it('reads off and group:port', () => {
    expect(parseMulticast('off')).to.equal('off');
    expect(parseMulticast('239.1.2.3:4567')).to.deep.equal({ group: '239.1.2.3', port: 4567 });
  });

  it('refuses the rest, and says how to write it', () => {
    for (const text of [
      '',
      'on',
      '239.1.2.3',
      '239.1.2.3:',
      '239.1.2.3:0',
      '239.1.2.3:70000',
      '10.0.0.1:5',
      'a:5',
      '239.1.2.3:5:6',
    ]) {
      expect(() => parseMulticast(text), text).to.throw(TypeError, "'239.65.84.77:28660'");
    }
  });
});
