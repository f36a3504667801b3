import { expect } from 'chai';
import fc from 'fast-check';
import { topicMatcher } from '../../../lib/runtime/topic.js';

describe('topicMatcher', () => {
  const cases: [pattern: string, yes: string[], no: string[]][] = [
    ['order.placed', ['order.placed'], ['order', 'order.placed.x', 'order.paid']],
    ['order.*', ['order.placed', 'order.paid'], ['order', 'order.placed.x', 'orders.paid']],
    ['*.placed', ['order.placed'], ['placed', 'a.b.placed']],
    ['order.>', ['order.placed', 'order.placed.x.y'], ['order', 'orders.placed']],
    ['*.*.>', ['a.b.c', 'a.b.c.d'], ['a.b', 'a']],
    ['>', ['a', 'a.b'], []],
    ['*', ['a'], ['a.b']],
  ];
  for (const [pattern, yes, no] of cases) {
    it(`'${pattern}' matches what it should, and nothing else`, () => {
      const matches = topicMatcher(pattern);
      for (const topic of yes) expect(matches(topic), topic).to.equal(true);
      for (const topic of no) expect(matches(topic), topic).to.equal(false);
    });
  }

  it('matches every topic with itself, with stars for its words, and with its rest', () => {
    const words = fc.array(fc.stringMatching(/^[a-z0-9_-]{1,5}$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(words, fc.nat(4), (parts, at) => {
        const topic = parts.join('.');
        const starred = parts.map((part, index) => (index === at ? '*' : part)).join('.');
        const rest = [...parts.slice(0, at % parts.length), '>'].join('.');
        for (const pattern of [topic, starred, rest]) expect(topicMatcher(pattern)(topic)).to.equal(true);
        expect(topicMatcher(starred)(`${topic}.x`)).to.equal(false);
      }),
    );
  });
});
