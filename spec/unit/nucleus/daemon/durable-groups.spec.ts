import { expect } from 'chai';
import { checkDurable, sumDurable } from '../../../../nucleus/daemon/durable-groups.js';

const told = (backlog: number, held: number, retrying = 0, deadLettered = 0) => ({
  backlog,
  held,
  retrying,
  deadLettered,
});

describe('durable groups, as instances tell of them', () => {
  it('are summed up, but for the backlog, which each tells whole', () => {
    const one = checkDurable({ 'order.*': told(10, 3, 1, 2), 'user.new @shop/users': told(0, 0) });
    const two = checkDurable({ 'order.*': told(9, 4, 1) });
    expect(sumDurable([one, two])).to.deep.equal([
      { topic: 'order.*', backlog: 10, held: 7, undelivered: 3, retrying: 2, deadLettered: 2 },
      { topic: 'user.new @shop/users', ...told(0, 0), undelivered: 0 },
    ]);
  });

  it('have never less than nothing undelivered, though instances tell of different moments', () => {
    expect(sumDurable([checkDurable({ a: told(3, 5) })])[0]).to.include({ backlog: 3, undelivered: 0 });
  });

  it('are left out where they cannot be true', () => {
    const odd = { 'a b c': told(1, 1), '<b>': told(1, 1), a: told(-1, 0), b: told(NaN, 0), c: 1, d: null };
    expect([...checkDurable(odd)]).to.deep.equal([]);
    expect([...checkDurable(undefined)]).to.deep.equal([]);
    expect([...checkDurable([])]).to.deep.equal([]);
  });
});
