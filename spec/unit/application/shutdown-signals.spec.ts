import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../support/tree.js';

/** A process with two closers; gives how it ended and what it wrote. */
async function run(second: string, signals: NodeJS.Signals[]) {
  const path = join(ROOT, 'dist/lib/application/shutdown-signals.js');
  const program = `
    const { onShutdown } = await import(${JSON.stringify(`file://${path}`)});
    const { silentLogger } = await import(${JSON.stringify(`file://${join(ROOT, 'dist/nucleus/logger.js')}`)});
    const alive = setInterval(() => {}, 1000);
    onShutdown(async () => console.log('first closed'), silentLogger);
    onShutdown(async () => { console.log('second begins'); ${second} }, silentLogger);
    const forget = onShutdown(async () => console.log('never'), silentLogger);
    forget();
    console.log('ready');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    const wanted = output.includes('second begins') ? 2 : output.includes('ready') ? 1 : 0;
    while (signals.length > 0 && sent < wanted) {
      sent++;
      child.kill(signals.shift());
    }
  });
  let sent = 0;
  const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { status, output: output.trim().split('\n') };
}

describe('shutdown signals', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`${signal} closes every application of the process, and exits 0`, async () => {
      const { status, output } = await run('await null; console.log("second closed")', [signal]);
      expect(output).to.deep.equal(['ready', 'first closed', 'second begins', 'second closed']);
      expect(status).to.equal(0);
    });
  }

  it('exit 1 when one fails to close, after the others', async () => {
    const { status, output } = await run('throw new Error("no")', ['SIGTERM']);
    expect(output).to.include('first closed');
    expect(status).to.equal(1);
  });

  it('exit 1 at once at a second one', async () => {
    const { status } = await run('await new Promise(() => {})', ['SIGTERM', 'SIGTERM']);
    expect(status).to.equal(1);
  });
});
