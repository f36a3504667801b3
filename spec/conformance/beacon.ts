import { expect } from 'chai';
import type { Beacon, BeaconMessage } from '../../nucleus/beacon/beacon.js';
import { eventually } from '../support/eventually.js';
import { aMessage } from '../support/records.js';

/** The promises of the `Beacon` port; run it against each implementation. `create` joins one network per suite. */
export function beaconConformance(name: string, create: () => Beacon): void {
  describe(`beacon: ${name}`, () => {
    const opened: Beacon[] = [];
    const listen = async (): Promise<{ beacon: Beacon; heard: BeaconMessage[]; ups: () => number }> => {
      const beacon = create();
      opened.push(beacon);
      const heard: BeaconMessage[] = [];
      let ups = 0;
      beacon.open({ heard: (message) => void heard.push(message), up: () => void ups++ });
      await eventually(() => beacon.status().state === 'up' && ups === 1);
      return { beacon, heard, ups: () => ups };
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((beacon) => beacon.close()));
    });

    it('carries a message whole to everybody', async () => {
      const [sender, ...others] = await Promise.all([listen(), listen(), listen()]);
      for (const kind of ['here', 'query', 'goodbye'] as const) {
        const message = aMessage({ kind });
        sender.beacon.send(message);
        for (const other of others) {
          await eventually(() => expect(other.heard).to.deep.include(message));
        }
      }
    });

    it('carries the message of one who only asks', async () => {
      const [sender, other] = await Promise.all([listen(), listen()]);
      const message = aMessage({ kind: 'query', revision: 0, endpoint: '', services: [] });
      sender.beacon.send(message);
      await eventually(() => expect(other.heard).to.deep.include(message));
    });

    it('hears nothing after it was closed, sends nothing, and closes twice without harm', async () => {
      const [closing, sender, witness] = await Promise.all([listen(), listen(), listen()]);
      await closing.beacon.close();
      await closing.beacon.close();
      expect(closing.beacon.status().state).to.equal('off');
      const [silent, spoken] = [aMessage(), aMessage()];
      closing.beacon.send(silent);
      sender.beacon.send(spoken);
      await eventually(() => expect(witness.heard).to.deep.include(spoken));
      expect(witness.heard).not.to.deep.include(silent);
      expect(closing.heard).not.to.deep.include(spoken);
    });
  });
}
