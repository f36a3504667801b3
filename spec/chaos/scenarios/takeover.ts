import { failedByOutcome, turned } from '../checks.js';
import { freePort } from '../../support/free-port.js';
import type { Finding, Scenario } from '../scenario.js';
import type { Scene } from '../scene.js';
import { loadOn, mesh } from './mesh.js';

/** Who takes the ports of an instance that was killed: a service of the same name in another environment, the likest stranger. */
async function takeover(scene: Scene): Promise<Finding> {
  const { size } = scene;
  const { servers, places, client } = await mesh(scene, {
    operation: 'write',
    count: 2,
    events: size.rate / 10,
    // A third instance comes below.
    instances: 2,
  });
  const env = { ATOM_PORT: `${await freePort()}`, ATOM_EVENTS_PORT: `${await freePort()}` };
  const host = places[0]!.host;
  const victim = await scene.server({}, { host, env });
  const stranger = await scene.server({ wait: true }, { host, env: { ...env, ATOM_ENV: 'other' } });
  client.go(size.rate);
  await scene.seconds(size.before);
  const at = scene.now;
  victim.program.signal('SIGKILL');
  stranger.program.write('listen');
  const line = await stranger.program.line(/^instance /);
  await scene.seconds(size.during + size.after);
  const { calls, sights } = await client.stop();
  const noted = scene.noted();
  const by = (name: number) => (one: { readonly server: number }) => one.server === name;
  const foreign = noted.executions.filter(by(stranger.name)).length;
  const foreignEvents = noted.events.filter(by(stranger.name)).length;
  const before = noted.executions.filter(by(victim.name)).length;
  const marks = scene
    .marks()
    .none('requests run by the stranger', foreign)
    .none('events handled by the stranger', foreignEvents)
    .atLeast('requests run by the instance before', before, size.rate * size.before * 0.1);
  if (!line.endsWith(victim.endpoint))
    marks.misses.push(`the stranger is at ${line}, not ${victim.endpoint}`);
  return {
    requests: calls.id.length,
    failed: failedByOutcome(calls),
    detection: turned(sights, victim.instance, at),
    figures: {
      'run by it before': before,
      'of servers': servers.length + 1,
      foreign: foreign + foreignEvents,
    },
    misses: marks.misses,
  };
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'takeover',
    load: loadOn(3),
    faults: () => 'kill -9 one, its ports taken by the same service of another environment',
    passMark: 'nothing foreign executed',
    run: takeover,
  },
];
