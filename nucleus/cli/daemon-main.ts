/**
 * The nucleus as a process: `node daemon-main.js '<DaemonFlags as JSON>'`. `atom start` runs it in the background,
 * and is told by IPC that it runs or why it does not.
 */
import { DaemonFiles } from './daemon-files.js';
import { daemonOptions, type DaemonFlags } from './daemon-options.js';
import { type DaemonAnswer, failureOf } from './daemon-answer.js';
import { runDaemon } from './run-daemon.js';
import { untilTold } from './until-told.js';

function tell(answer: DaemonAnswer): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(answer, undefined, {}, () => resolve());
  });
}

const told = untilTold();
// Whoever started it may have gone meanwhile.
process.on('error', () => undefined);
try {
  const flags = JSON.parse(process.argv[2] ?? '{}') as DaemonFlags;
  const daemon = await runDaemon(daemonOptions(flags), new DaemonFiles());
  await tell({ note: daemon.note });
  if (process.connected) process.disconnect();
  await told;
  await daemon.stop();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  await tell({ failure: failureOf(error) });
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}
process.exit();
