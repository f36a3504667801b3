import { expect } from 'chai';
import fc from 'fast-check';
import { WholeLines } from '../../../../nucleus/cli/startenv/whole-lines.js';

/** What comes out when `chunks` go in, each piece that is passed on by itself. */
async function shaped(chunks: readonly Uint8Array[]): Promise<string[]> {
  const lines = new WholeLines((line) => `<${line}>`);
  const pieces: string[] = [];
  lines.on('data', (piece: Buffer) => void pieces.push(piece.toString()));
  for (const chunk of chunks) lines.write(chunk);
  await new Promise<void>((done) => {
    lines.once('end', done);
    lines.end();
  });
  return pieces;
}

describe("a process's output", () => {
  it('is shown in whole lines wherever it was cut, the last one even without a line break', async () => {
    const text = fc.array(fc.constantFrom('a', 'ö', '€', '😀', '\n', '\r\n', ' '), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(100), { maxLength: 8 }), async (words, cuts) => {
        const bytes = Buffer.from(words.join(''));
        const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
        const chunks = places.map((end, at) => bytes.subarray(places[at - 1] ?? 0, end));
        const pieces = await shaped(chunks);
        const wanted = words.join('').split(/\r?\n/);
        if (wanted.at(-1) === '') wanted.pop();
        expect(pieces.join('')).to.equal(wanted.map((line) => `<${line}>\n`).join(''));
        for (const piece of pieces) expect(piece.endsWith('>\n')).to.equal(true);
      }),
      { numRuns: 200 },
    );
  });

  it('does not fill the memory with a line that never ends', async () => {
    const chunk = Buffer.alloc(100_000, 'x');
    const pieces = await shaped([chunk, chunk, chunk, chunk]);
    expect(pieces.map(({ length }) => length)).to.deep.equal([300_003, 100_003]);
  });
});
