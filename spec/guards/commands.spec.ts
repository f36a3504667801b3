import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const SPEC = resolve(import.meta.dirname, '..');

/** A word that is mistyped must not make a check of nothing, which passes. */
const MISTYPED: readonly (readonly [command: string, args: readonly string[], why: string])[] = [
  ['sim', ['--seeds', 'many'], `--seeds is 'many'; give a whole number from 1 on`],
  ['sim', ['--seeds', '0'], `--seeds is '0'; give a whole number from 1 on`],
  ['sim', ['--bug', 'nonsense'], `no bug is called 'nonsense'`],
  ['promises', ['--only', 'REQ-1,REX-1'], `no promise is called 'REX-1'`],
  ['chaos', ['--scenario', 'kill,kil9'], `no scenario is called 'kil9'`],
  ['chaos', ['--sed', '3'], `Unknown option '--sed'`],
  ['bench', ['--only', 'atm'], `no contender is called 'atm'`],
];

describe('the commands of the checks', () => {
  for (const [command, args, why] of MISTYPED) {
    it(`refuses ${command} ${args.join(' ')}`, () => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [resolve(SPEC, command, 'main.js'), ...args],
        {
          encoding: 'utf8',
          timeout: 15_000,
        },
      );
      expect(stderr).to.include(why);
      expect([status, stdout]).to.deep.equal([2, '']);
    });
  }
});
