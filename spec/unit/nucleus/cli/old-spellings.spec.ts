import { expect } from 'chai';
import { fromOldSpelling } from '../../../../nucleus/cli/old-spellings.js';

describe('fromOldSpelling', () => {
  for (const [old, now] of [
    ['-s', 'start'],
    ['-i', 'init'],
    ['-ss', 'introspect'],
    ['-ss @a/b|||t', "signal '@a/b|||t'"],
    ['-sii', 'introspect'],
    ['-senv ./env.json', 'startenv ./env.json'],
    ['-diag', 'diagnose'],
    ['-b @a/b:::t', 'broadcast @a/b:::t'],
    ['-d -s', '-d start'],
    ['--startintrospectiveinterface', 'introspect'],
  ] as const) {
    it(`takes 'atom ${old}' for 'atom ${now}', and says so`, () => {
      const { args, advice } = fromOldSpelling(old.split(' '));
      expect(args.join(' ')).to.equal(now.replace(/'/g, ''));
      expect(advice).to.match(new RegExp(`atom ${now.replace(/[|^$.*+?()[\]{}\\]/g, '\\$&')}$`));
    });
  }

  it('leaves alone what is current', () => {
    for (const args of [[], ['ps', '-s'], ['--json', 'ps'], ['-V'], ['constructor']]) {
      expect(fromOldSpelling(args)).to.deep.equal({ args });
    }
  });
});
