import { createDiscovery } from '../../nucleus/create-discovery.js';
import { FakeProbe } from './probe.js';
import { eventually } from './eventually.js';
import { aRecord } from './records.js';

// A program: joins, waits until multicast is up, leaves, closes, says so and must then end by itself.
const [redis = '', multicast = ''] = process.argv.slice(2);
const [group = '', port = ''] = multicast.split(':');
const record = aRecord();
const discovery = createDiscovery({
  self: record.id,
  environment: record.environment,
  redis,
  multicast: { group, port: Number(port) },
  seeds: ['tcp://localhost:1'],
});
discovery.start(new FakeProbe());
discovery.announce(record);
await eventually(() => discovery.status().some(({ name, state }) => name === 'multicast' && state === 'up'));
await discovery.withdraw();
await discovery.close();
process.send?.('closed');
process.disconnect?.();
