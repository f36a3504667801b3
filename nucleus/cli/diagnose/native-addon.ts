import { loadAddon } from './addon.js';
import { ok, problem, textOf, type Check } from './check.js';
import { newId } from './new-id.js';

/** Loads ZeroMQ's addon and opens a socket with it. */
export const nativeAddon: Check = {
  name: 'zeromq',
  async run() {
    try {
      const { ZeromqTransport } = await loadAddon();
      const transport = new ZeromqTransport({ instance: newId() });
      try {
        await transport.listen('tcp://127.0.0.1:*', { received: () => undefined, closed: () => undefined });
      } finally {
        await transport.close();
      }
      return [ok('the addon loads, and a socket opens')];
    } catch (error) {
      const mend =
        `Install the packages on this machine, not on another (npm ci); where there is no built addon for ` +
        `${process.platform} ${process.arch}, zeromq's install script builds one: npm rebuild zeromq.`;
      return [problem(`ZeroMQ does not work: ${textOf(error)}`, mend)];
    }
  },
};
