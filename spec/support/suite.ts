/**
 * Runs spec files in this process: `node suite.js '<SuiteOptions as JSON>'`. The process is the runner's
 * child, so that a crash, or an exit in the middle, is seen by somebody.
 */
import Mocha from 'mocha';
import { note } from './results.js';

export interface SuiteOptions {
  readonly files: readonly string[];
  /** Where to note what happens (`results.ts`). */
  readonly log: string;
  /** Milliseconds that one spec may take. */
  readonly timeout: number;
  readonly grep?: string | undefined;
  readonly bail?: boolean | undefined;
  /** Print each spec that passes as well. */
  readonly verbose?: boolean | undefined;
  /** A spec that is skipped fails. */
  readonly forbidPending?: boolean | undefined;
}

/** How long an open handle may outlive the last spec. */
const GRACE = 5000;

const options = JSON.parse(process.argv[2] ?? '{}') as SuiteOptions;

/** Prints failures as they happen, all of them in full at the end, and notes each event. */
class Reporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, mochaOptions?: Mocha.MochaOptions) {
    super(runner, mochaOptions);
    const { log, verbose } = options;
    runner.on('test', (test) => note(log, { type: 'start', title: test.fullTitle() }));
    runner.on('pass', (test) => {
      if (verbose) console.log(`  ok   ${test.fullTitle()} (${test.duration ?? 0} ms)`);
      note(log, { type: 'pass', title: test.fullTitle(), ms: test.duration ?? 0 });
    });
    runner.on('pending', (test) => {
      console.log(`  skip ${test.fullTitle()}`);
      note(log, { type: 'skip', title: test.fullTitle(), ms: 0 });
    });
    runner.on('fail', (test, failure: unknown) => {
      console.log(`  FAIL ${test.fullTitle()}`);
      const [error = ''] = String(failure).split('\n');
      note(log, { type: 'fail', title: test.fullTitle(), ms: test.duration ?? 0, error });
    });
    runner.once('end', () => {
      if (this.failures.length > 0) Mocha.reporters.Base.list(this.failures);
    });
  }
}

// A nucleus that runs on this machine is none of the specs' business.
process.env.ATOM_NUCLEUS ??= 'off';

// Mocha turns an uncaught exception into a failed spec, but hands a rejection on to whoever listens.
process.on('unhandledRejection', (reason) => {
  throw reason;
});

const mocha = new Mocha({
  ui: 'bdd',
  reporter: Reporter,
  timeout: options.timeout,
  forbidOnly: true,
  forbidPending: options.forbidPending ?? false,
  bail: options.bail ?? false,
  ...(options.grep === undefined ? {} : { grep: options.grep }),
});
for (const file of options.files) mocha.addFile(file);
await mocha.loadFilesAsync();
mocha.run((failures) => {
  note(options.log, { type: 'end' });
  process.exitCode = failures > 0 ? 1 : 0;
  setTimeout(() => {
    note(options.log, { type: 'held', resources: process.getActiveResourcesInfo() });
    process.exit(1);
  }, GRACE).unref();
});
