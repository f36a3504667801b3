import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readResult, type SuiteResult } from '../support/results.js';
import type { SuiteOptions } from '../support/suite.js';

const SUITE = resolve(import.meta.dirname, '../support/suite.js');

describe('the spec runner', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'atom-runner-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Runs a spec file with `body` and gives the titles that it counted. */
  function run(body: string, more: Partial<SuiteOptions> = {}): Record<keyof SuiteResult, string[]> {
    const file = join(directory, 'some.spec.mjs');
    const log = join(directory, 'events');
    writeFileSync(file, body);
    const options: SuiteOptions = { files: [file], log, timeout: 2000, ...more };
    const { status, signal } = spawnSync(process.execPath, [SUITE, JSON.stringify(options)], {
      timeout: 15_000,
    });
    const { passed, skipped, failed } = readResult(log, status === 0, signal ?? `exit code ${status}`);
    const titles = (list: SuiteResult['passed']): string[] => list.map(({ title }) => title);
    return { passed: titles(passed), skipped: titles(skipped), failed: titles(failed) };
  }

  it('counts what passed, failed and was skipped', () => {
    const result = run(
      `it('a', () => {}); it('b', () => { throw new Error('no'); }); it.skip('c', () => {});`,
    );
    expect(result).to.deep.equal({ passed: ['a'], failed: ['b'], skipped: ['c'] });
  });

  it('fails a skipped spec where skipping is forbidden', () => {
    expect(run(`it.skip('c', () => {});`, { forbidPending: true }).failed).to.deep.equal(['c']);
  });

  it('runs the specs whose title matches, only those', () => {
    expect(run(`it('a', () => {}); it('b', () => {});`, { grep: 'b' }).passed).to.deep.equal(['b']);
  });

  it('fails a process that exits with 0 in the middle of a spec', () => {
    const result = run(`it('a', () => {}); it('b', () => process.exit(0)); it('c', () => {});`);
    expect(result.passed).to.deep.equal(['a']);
    expect(result.failed).to.deep.equal(['(the process ended in "b": exit code 0)']);
  });

  it('fails a process that aborts', () => {
    expect(run(`it('a', () => process.abort());`).failed).to.deep.equal([
      '(the process ended in "a": SIGABRT)',
    ]);
  });

  it('fails a file that cannot be loaded', () => {
    expect(run(`import './nothing.mjs';`).failed).to.have.length(1);
  });

  it('fails a spec that leaves a rejection unhandled', () => {
    const result = run(
      `it('a', (done) => { Promise.reject(new Error('lost')); setTimeout(done, 100); }); it('b', () => {});`,
    );
    expect(result).to.deep.equal({ passed: ['b'], failed: ['a'], skipped: [] });
  });

  it('fails a process that something holds open, and says what', () => {
    const result = run(`it('a', () => { setInterval(() => {}, 1000); });`);
    expect(result.passed).to.deep.equal(['a']);
    expect(result.failed).to.have.length(1);
    expect(result.failed[0]).to.match(/does not end by itself, held open by .*Timeout/);
  });
});
