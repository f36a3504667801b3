import { expect } from 'chai';
import { BUGS } from '../sim/bugs.js';
import { mutationFaults } from '../support/mutation-faults.js';

describe('the bugs that are planted for the simulation', () => {
  it('still find the code that they change', () => {
    expect(BUGS.length).to.be.at.least(10);
    const faults = BUGS.flatMap(({ name, mutations }) =>
      mutations.flatMap((mutation) => mutationFaults(mutation).map((fault) => `${name}: ${fault}`)),
    );
    expect(faults).to.deep.equal([]);
  });
});
