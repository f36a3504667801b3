import { expect } from 'chai';
import { rmSync } from 'node:fs';
import type { Application } from '../../lib/index.js';
import { atom, ownMesh } from '../support/cli.js';
import { endServices, startServices } from '../support/cli-services.js';
import { DaemonFiles } from '../../nucleus/cli/daemon-files.js';
import { eventually } from '../support/eventually.js';
import { endPrograms, Program } from '../support/process.js';

interface Overview {
  readonly toldBy: string;
  readonly services: readonly { name: string; traffic?: object; instances: { alive: number } }[];
}

describe('atom, where a nucleus runs', function () {
  this.timeout(60_000);
  const env: NodeJS.ProcessEnv = { ...ownMesh(), ATOM_NUCLEUS: '' };
  let apps: readonly Application[] = [];
  before(async () => {
    const args = ['start', '--foreground', '--port', '0', '--http-port', '0'];
    const nucleus = new Program('nucleus/cli/main.js', { args, env });
    const files = new DaemonFiles(env);
    await eventually(() => files.running()?.address !== undefined || !nucleus.isRunning, { within: 30_000 });
    expect(nucleus.isRunning, nucleus.describe()).to.equal(true);
    apps = await startServices(env, 2);
  });
  after(async () => {
    await endServices(apps);
    await endPrograms();
    rmSync(env.ATOM_HOME ?? '', { recursive: true, force: true });
  });

  async function ps(...args: string[]): Promise<Overview> {
    return JSON.parse((await atom(['ps', '--json', ...args], env)).stdout) as Overview;
  }

  it('asks it what there is, with rates and latencies', async () => {
    await eventually(
      async () => {
        const { toldBy, services } = await ps();
        expect(toldBy).to.match(/^nucleus http:/);
        expect(services.map(({ name, instances }) => [name, instances.alive])).to.deep.equal([
          ['@cli/orders', 1],
          ['@cli/stock', 2],
        ]);
        expect(services[0]?.traffic).to.have.keys(['perSecond', 'errorsPerSecond', 'p50', 'p99']);
        return true;
      },
      { within: 15_000 },
    );
    expect((await atom(['ps'], env)).stdout).to.match(/^SERVICE +VERSION +STATE +INSTANCES +REQ\/S/m);
  });

  it('does not, where the command line says itself where to look, or asks for another environment', async () => {
    expect((await ps('--multicast', env.ATOM_MULTICAST ?? '')).toldBy).to.equal('discovery');
    expect((await ps('--env', 'another')).toldBy).to.equal('discovery');
  });

  it('does not, where ATOM_NUCLEUS names another one', async () => {
    const { registryEndpoint = '' } = new DaemonFiles(env).running() ?? {};
    const asked = async (nucleus: string): Promise<string> =>
      (JSON.parse((await atom(['ps', '--json'], { ...env, ATOM_NUCLEUS: nucleus })).stdout) as Overview)
        .toldBy;
    expect(await asked('tcp://127.0.0.1:1')).to.equal('discovery');
    expect(await asked(`tcp://127.0.0.1:1, ${registryEndpoint}`)).to.match(/^nucleus http:/);
  });

  it('explains with its evidence', async () => {
    const { code, stdout } = await atom(['why', '@cli/stock', 'reserve'], env);
    expect(code).to.equal(0);
    expect(stdout).to.include('would be sent to one of 2 instances');
  });

  it('lists an instance that was killed no more, and as lost with --all', async () => {
    const doomed = new Program('spec/e2e/programs/member.js', { args: ['doomed'], env });
    await doomed.line(/^listening/);
    await eventually(async () => (await atom(['ps', '@mesh/doomed'], env)).code === 0, { within: 15_000 });
    doomed.signal('SIGKILL');
    await doomed.ended;
    await eventually(
      async () => expect(await atom(['ps', '@mesh/doomed', '--json'], env)).to.include({ code: 3 }),
      { within: 3000 },
    );
    expect((await atom(['ps', 'doomed'], env)).stderr).to.include('`atom ps --all`');
    const { code, stdout } = await atom(['ps', 'doomed', '--all', '--wide'], env);
    expect(code).to.equal(0);
    expect(stdout).to.match(/ lost +@mesh\/doomed /);
  });
});
