import { addonProblem } from './addon.js';
import { ok, problem, type Check } from './check.js';

/** ZeroMQ's addon loads, and opens a socket. */
export const nativeAddon: Check = {
  name: 'zeromq',
  async run() {
    const why = await addonProblem();
    if (why === undefined) return [ok('the addon loads, and a socket opens')];
    const mend =
      'Install the packages on this machine, not on another (npm ci); where zeromq has no built addon for ' +
      `${process.platform} ${process.arch}, let its install script build one (npm rebuild zeromq).`;
    return [problem(`the addon does not work: ${why}`, mend)];
  },
};
