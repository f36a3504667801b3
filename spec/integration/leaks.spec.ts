import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Held } from '../support/leak-program.js';

const PROGRAM = join(import.meta.dirname, '../support/leak-program.js');
const SCALE = Math.max(1, Number(process.env.ATOM_SPEC_SCALE ?? 1));
const COUNT = 1000 * SCALE;
const MEGABYTE = 1024 * 1024;

/** In a process of its own, whose memory nobody else uses; the small nursery keeps V8's growth out of the figures. */
function makeAndClose(count: number): Promise<{ after100: Held; afterAll: Held }> {
  const flags = ['--expose-gc', '--max-semi-space-size=2'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...flags, PROGRAM, `${count}`], (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(JSON.parse(stdout) as { after100: Held; afterAll: Held });
    });
  });
}

describe('applications', function () {
  this.timeout(60_000 * SCALE);

  it(`leave nothing behind when ${COUNT} were made, called and closed`, async () => {
    const { after100, afterAll } = await makeAndClose(COUNT);
    const figures = JSON.stringify({ after100, afterAll });
    expect(afterAll.sockets, figures).to.equal(after100.sockets);
    expect(afterAll.descriptors, figures).to.equal(after100.descriptors);
    expect(afterAll.memory - after100.memory, figures).to.be.below(16 * MEGABYTE);
  });
});
