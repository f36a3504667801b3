import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What came of the attempt to have a nucleus beside the shop. */
export type Nucleus =
  /** `own`: started for the shop, and ended with it. */
  { readonly dashboard: string; readonly own: boolean } | { readonly problem: string };

const manifest = fileURLToPath(import.meta.resolve('atomjs/package.json'));
const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { atom: string } };
const atom = fileURLToPath(new URL(bin.atom, import.meta.resolve('atomjs/package.json')));

/** Starts a nucleus with the arguments of `atom start`, or finds the one that runs. Nobody in the shop needs it. */
export async function startNucleus(args: readonly string[]): Promise<Nucleus> {
  const started = await run(['start', '--json', ...args]);
  if (started.code === 0) return { dashboard: dashboardOf(started.output), own: true };
  const running = await run(['status', '--json']);
  if (running.code === 0) return { dashboard: dashboardOf(running.output), own: false };
  return { problem: started.complaint };
}

/** Ends the one that was started for the shop. */
export async function stopNucleus(nucleus: Nucleus): Promise<void> {
  if ('own' in nucleus && nucleus.own) await run(['stop']);
}

function dashboardOf(status: string): string {
  return (JSON.parse(status) as { dashboard: string }).dashboard;
}

function run(args: readonly string[]): Promise<{ code: number; output: string; complaint: string }> {
  return new Promise((resolve) => {
    // In a group of its own, so that Ctrl-C reaches the shop only, which ends it in its turn.
    execFile(process.execPath, [atom, ...args], { detached: true } as object, (error, output, complaint) => {
      const code = error === null ? 0 : 1;
      resolve({ code, output: output.toString(), complaint: complaint.toString().trim() });
    });
  });
}
