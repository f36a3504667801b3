import { expect } from 'chai';
import fc from 'fast-check';
import {
  isPattern,
  MAX_NAME_LENGTH,
  operationNameProblem,
  parseTarget,
  patternProblem,
  serviceNameProblem,
  topicProblem,
  versionProblem,
} from '../../../lib/metadata/names.js';

type Problem = (name: unknown) => string | undefined;

const cases: [string, Problem, unknown[], unknown[]][] = [
  [
    'serviceNameProblem',
    serviceNameProblem,
    ['@shop/orders', '@my-app/user_service.v2', '@A/1'],
    [
      '',
      'orders',
      '@shop',
      '@shop/',
      '@/x',
      '@shop/a/b',
      '@shop/a b',
      '@shop/a\n',
      '@shop/é',
      '@$x/y',
      7,
      undefined,
    ],
  ],
  [
    'versionProblem',
    versionProblem,
    ['0.0.0', '1.2.3', '1.0.0-rc.1+b7'],
    ['1', '1.2', 'v1.2.3', '1.2.3-', 1, null],
  ],
  [
    'operationNameProblem',
    operationNameProblem,
    ['place-order', 'placeOrder', 'user.get', 'v2_get'],
    ['', '$describe', 'then', 'a b', 'a::b', 'a|||b', 'a\n', 3],
  ],
  [
    'patternProblem',
    patternProblem,
    ['order', 'order.placed', 'order.*', '*.placed', 'order.>', '>', '*', 'a_1.b-2'],
    [
      '',
      '.',
      'a.',
      '.a',
      'a..b',
      'order.>.x',
      '>.x',
      'order.*x',
      'or der',
      'a.b\n',
      '$sys.x',
      'a:b',
      undefined,
    ],
  ],
  ['topicProblem', topicProblem, ['order', 'order.placed'], ['order.*', 'order.>', '*', '']],
];

describe('names', () => {
  for (const [name, problem, good, bad] of cases) {
    it(`${name} takes what is good`, () => {
      for (const word of good) expect(problem(word), String(word)).to.equal(undefined);
    });
    it(`${name} says what is bad`, () => {
      for (const word of bad) expect(problem(word), String(word)).to.be.a('string');
    });
  }

  it('bounds the length of names', () => {
    const longest = 'a'.repeat(MAX_NAME_LENGTH);
    expect(patternProblem(longest)).to.equal(undefined);
    expect(patternProblem(`${longest}a`)).to.include('255 is the most');
    expect(serviceNameProblem(`@a/${longest}`)).to.include('255 is the most');
    expect(operationNameProblem(`${longest}a`)).to.include('255 is the most');
  });

  it('says why a name is reserved', () => {
    expect(operationNameProblem('$describe')).to.include("'$' in front");
    expect(operationNameProblem('then')).to.include('promise');
  });

  it('tells patterns from topics', () => {
    expect(isPattern('order.*')).to.equal(true);
    expect(isPattern('order.>')).to.equal(true);
    expect(isPattern('order.placed')).to.equal(false);
  });

  it('takes targets apart at either separator', () => {
    const parts = { service: '@shop/payments', topic: 'payment.completed' };
    expect(parseTarget('@shop/payments|||payment.completed')).to.deep.equal(parts);
    expect(parseTarget('@shop/payments:::payment.completed')).to.deep.equal(parts);
    expect(parseTarget('payment.completed')).to.deep.equal({
      service: undefined,
      topic: 'payment.completed',
    });
  });

  it('gives back what a target was made of', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,8}$/);
    fc.assert(
      fc.property(name, name, name, fc.constantFrom('|||', ':::'), (space, service, topic, separator) => {
        const target = `@${space}/${service}`;
        expect(parseTarget(`${target}${separator}${topic}`)).to.deep.equal({ service: target, topic });
      }),
    );
  });
});
