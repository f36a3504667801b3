/** Claims to be the nucleus at the moment that it is told, and tells what came of it. */
import { DaemonFiles } from '../../nucleus/cli/daemon-files.js';
import { processMark } from '../../nucleus/process-mark.js';

const files = new DaemonFiles();
process.on('message', ({ claimAt }: { claimAt: number }) => {
  while (Date.now() < claimAt);
  const { pid } = process;
  process.send?.(files.claim({ pid, mark: processMark(pid) ?? '', startedAt: claimAt, environment: 'test' }));
});
process.once('disconnect', () => process.exit());
