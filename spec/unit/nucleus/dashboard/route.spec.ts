import { expect } from 'chai';
import fc from 'fast-check';
import { formatRoute, parseRoute, TABS } from '../../../../nucleus/dashboard/page/route.js';

describe("the page's address", () => {
  it('names the service as people do', () => {
    const route = { service: '@shop/orders', tab: 'send', query: 'a b', unwell: true } as const;
    expect(formatRoute(route)).to.equal('#/@shop/orders?tab=send&q=a+b&unwell');
    expect(formatRoute({ tab: 'instances', query: '', unwell: false })).to.equal('#/');
  });

  it('gives back what was put into it', () => {
    const name = fc.stringMatching(/^@[\w.-]{1,8}\/[\w.-]{1,8}$/);
    const route = fc.record({
      service: fc.oneof(name, fc.constant('clients')),
      tab: fc.constantFrom(...TABS),
      query: fc.string(),
      unwell: fc.boolean(),
    });
    fc.assert(
      fc.property(route, (given) => {
        expect(parseRoute(formatRoute(given))).to.deep.equal(given);
      }),
    );
  });

  it('is the list when it says nothing that is known', () => {
    const list = { tab: 'instances', query: '', unwell: false };
    for (const hash of ['', '#', '#/', '#/nonsense', '#/%zz', '#/?tab=nothing']) {
      expect(parseRoute(hash), hash).to.deep.equal(list);
    }
  });
});
