import { expect } from 'chai';
import { stripVTControlCharacters } from 'node:util';
import { harmless, widthOf } from '../../../../nucleus/cli/output.js';
import { cell, cut, table } from '../../../../nucleus/cli/table.js';

const RED = '\u001b[31m';
const PLAIN = '\u001b[39m';

describe('table', () => {
  it('aligns columns, numbers to the right, without blanks at the ends', () => {
    const text = table(
      [{ title: 'NAME' }, { title: 'COUNT', align: 'right' }, { title: '' }],
      [
        ['a', '1', ''],
        ['long name', '1,000', 'x'],
      ],
    );
    expect(stripVTControlCharacters(text)).to.equal(
      'NAME       COUNT\na              1\nlong name  1,000  x',
    );
  });

  it('counts no column for colour', () => {
    const rows = [
      [`${RED}ab${PLAIN}`, 'x'],
      ['abc', 'y'],
    ];
    const text = stripVTControlCharacters(table([{ title: 'A' }, { title: 'B' }], rows));
    expect(text).to.equal('A    B\nab   x\nabc  y');
  });
});

describe('cut', () => {
  it('leaves alone what fits', () => {
    expect(cut('abc', 3)).to.equal('abc');
  });

  it('cuts what does not, and ends the colour', () => {
    const text = cut(`${RED}abcdef${PLAIN}gh`, 4);
    expect(text).to.equal(`${RED}abc${PLAIN}…`);
    expect(widthOf(text)).to.equal(4);
  });
});

describe('text from elsewhere', () => {
  it('cannot drive the terminal', () => {
    expect(harmless('a\u001b[2Jb\u009bc\u0007\nd')).to.equal('a\\u001b[2Jb\\u009bc\\u0007\nd');
    expect(cell('two\nlines\u001b')).to.equal('two lines\\u001b');
  });
});
