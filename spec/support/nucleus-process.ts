import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonFiles } from '../../nucleus/cli/daemon-files.js';
import { dashboardOf } from '../../nucleus/cli/daemon-status.js';
import { eventually } from './eventually.js';
import { Program } from './process.js';

/** The nucleus as a process of its own, with a folder and ports of its own, in the network of `env`. */
export class NucleusProcess {
  readonly home = mkdtempSync(join(tmpdir(), 'atom-home-'));
  private readonly files: DaemonFiles;
  private readonly program: Program;

  constructor(env: NodeJS.ProcessEnv) {
    const own = { ...env, ATOM_HOME: this.home };
    this.files = new DaemonFiles(own);
    const flags = JSON.stringify({ port: 0, httpPort: 0 });
    this.program = new Program('nucleus/cli/daemon-main.js', { args: [flags], env: own });
  }

  /** The page's address with its token, once it answers. */
  async address(): Promise<string> {
    return eventually(
      () => {
        const note = this.files.running();
        if (!this.program.isRunning) throw new Error(this.program.describe());
        return (note?.address !== undefined && dashboardOf(this.files, note)) || false;
      },
      { within: 15_000, what: 'the nucleus notes its address' },
    );
  }

  async end(): Promise<void> {
    await this.program.end();
    rmSync(this.home, { recursive: true, force: true });
  }
}
