import { ownManifest } from '../package-info.js';
import { ok, problem, type Check } from './check.js';

/** Whether `version` (`v20.19.0`) is at least what `engines` (`>=20.19`) asks for. */
export function isEnough(version: string, engines: string): boolean {
  const numbers = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);
  const [have, need] = [numbers(version), numbers(engines)];
  for (const [at, wanted] of need.entries()) {
    const difference = (have[at] ?? 0) - wanted;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

export const nodeVersion: Check = {
  name: 'node',
  async run() {
    const { engines } = ownManifest();
    const wanted = engines.node ?? '';
    const text = `Node ${process.version} on ${process.platform} ${process.arch}`;
    if (isEnough(process.version, wanted)) return [ok(text)];
    return [problem(`${text}; atomjs needs ${wanted}`, 'Install a current Node.')];
  },
};
