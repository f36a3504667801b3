import { expect } from 'chai';
import { getMetadataStorage, IsEmail, isEmail, ValidateBy } from 'class-validator';
import fc from 'fast-check';
import { isOrdinaryEmailRule, isPlainAddress } from '../../../lib/lexicon/quick-email.js';

function isOrdinary(decorate: PropertyDecorator): boolean {
  class Message {}
  decorate(Message.prototype, 'email');
  const storage = getMetadataStorage();
  const rule = storage.getTargetValidationMetadatas(Message, '', false, false)[0]!;
  const constraint = storage.getTargetValidatorConstraints(rule.constraintCls)[0]!;
  return isOrdinaryEmailRule(rule, constraint.name, constraint.instance);
}

describe('the quick form of @IsEmail()', () => {
  it('takes ordinary addresses', () => {
    for (const address of ['ada@example.org', 'Ada.L+tag@mail.a-b.co', 'a@1.de']) {
      expect(isPlainAddress(address), address).to.equal(true);
    }
  });

  it('takes nothing that class-validator would not', () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9._+@ -]{0,12}$/);
    const label = fc.stringMatching(/^[a-z0-9-]{1,66}$/);
    const address = fc.oneof(
      fc.emailAddress(),
      fc.tuple(word, word).map(([local, domain]) => `${local}@${domain}.org`),
      fc.tuple(label, label, label).map(([local, domain, end]) => `${local}@${domain}.${end}`),
      fc.stringMatching(
        /^[a-z0-9]{1,3}([._+-][a-z0-9]{1,3}){0,3}@([a-z0-9]{1,4}(-[a-z0-9]{1,3})?\.){1,3}[a-z]{2,5}$/,
      ),
    );
    let taken = 0;
    fc.assert(
      fc.property(address, (value) => {
        if (!isPlainAddress(value)) return;
        taken++;
        expect(isEmail(value), value).to.equal(true);
      }),
      { numRuns: 3000 },
    );
    expect(taken).to.be.above(500);
    for (const value of [null, 7, {}, ['ada@example.org']]) expect(isPlainAddress(value)).to.equal(false);
  });

  it('stands for class-validator’s own rule without options, and for no other', () => {
    expect(isOrdinary(IsEmail())).to.equal(true);
    expect(isOrdinary(IsEmail(undefined, { each: true, message: 'x' }))).to.equal(true);
    expect(isOrdinary(IsEmail({ host_blacklist: ['example.org'] }))).to.equal(false);
    const copy = ValidateBy({
      name: 'isEmail',
      constraints: [undefined],
      validator: {
        validate: (value, args) =>
          isEmail(value, args?.constraints[0] as undefined) && value !== 'spam@example.org',
        defaultMessage: () => '$property must be an email',
      },
    });
    expect(isOrdinary(copy)).to.equal(false);
  });
});
