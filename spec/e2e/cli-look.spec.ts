import { expect } from 'chai';
import type { Application } from '../../lib/index.js';
import { atom, ownMesh } from '../support/cli.js';
import { endServices, startServices } from '../support/cli-services.js';

interface Overview {
  readonly environment: string;
  readonly toldBy: string;
  readonly services: readonly {
    name: string;
    versions: string[];
    health: string;
    instances: { alive: number };
  }[];
  readonly instances: readonly { id: string; endpoint: string; sources: string[] }[];
}

describe('atom, looking at a mesh', function () {
  this.timeout(30_000);
  const env = ownMesh();
  let apps: readonly Application[] = [];
  before(async () => (apps = await startServices(env, 2)));
  after(() => endServices(apps));

  describe('ps', () => {
    it('lists services with their versions, states and instances', async () => {
      const { code, stdout, stderr } = await atom(['ps'], env);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.match(/^SERVICE +VERSION +STATE +INSTANCES$/m);
      expect(stdout).to.match(/^@cli\/stock +1\.4\.0 +alive +2$/m);
      expect(stdout).to.match(/^@cli\/orders +0\.0\.0 +alive +1$/m);
      expect(stdout).to.include(`2 services, 3 instances in environment '${env.ATOM_ENV}'`);
    });

    it('lists instances with their endpoints and sources', async () => {
      const { stdout } = await atom(['ps', '--wide'], env);
      for (const app of apps) {
        const { instance, endpoint } = app.status();
        expect(stdout).to.match(
          new RegExp(`^${instance.slice(0, 12)} +alive +@cli.+ +${endpoint} +beacon$`, 'm'),
        );
      }
    });

    it('lists only what the pattern names', async () => {
      expect((await atom(['ps', '@cli/s*'], env)).stdout)
        .to.include('stock')
        .and.not.include('orders');
      expect((await atom(['ps', 'ord'], env)).stdout)
        .to.include('orders')
        .and.not.include('stock');
    });

    it('gives JSON to other programs, in one line without colour', async () => {
      const { stdout } = await atom(['ps', '--json'], { ...env, NO_COLOR: '' });
      expect(stdout.trim().split('\n')).to.have.length(1);
      const { services, instances, toldBy } = JSON.parse(stdout) as Overview;
      expect(toldBy).to.equal('discovery');
      expect(
        services.map(({ name, versions, health, instances: { alive } }) => [name, versions, health, alive]),
      ).to.deep.equal([
        ['@cli/orders', ['0.0.0'], 'alive', 1],
        ['@cli/stock', ['1.4.0'], 'alive', 2],
      ]);
      expect(instances.map(({ id }) => id)).to.have.members(apps.map((app) => app.status().instance));
    });

    it('is without colour where it is no terminal', async () => {
      expect((await atom(['ps'], { ...env, NO_COLOR: '' })).stdout).not.to.include('\u001b');
    });

    it('ends with 3 and says what to look at when nothing is there', async () => {
      const nothing = await atom(['ps'], { ...env, ATOM_ENV: 'nobody' });
      expect(nothing.code).to.equal(3);
      expect(nothing.stderr).to.include('ATOM_ENV');
      const json = await atom(['ps', 'nobody', '--json'], env);
      expect(json).to.include({ code: 3, stderr: '' });
      expect((JSON.parse(json.stdout) as Overview).services).to.deep.equal([]);
    });
  });

  describe('inspect', () => {
    it('shows operations, topics, lexemes with their fields, and instances', async () => {
      const { code, stdout, stderr } = await atom(['inspect', '@cli/stock'], env);
      expect(code, stderr).to.equal(0);
      expect(stdout)
        .to.match(/^ +reserve +Reserve /m)
        .and.to.match(/^ +echo +any /m);
      expect(stdout).to.match(/^ +price\.changed +anybody +group +PriceChanged/m);
      expect(stdout).to.match(/^ +order\.placed +@cli\/orders +group +any/m);
      expect(stdout).to.include('PriceChanged (version 2, topic price.changed)');
      expect(stdout).to.match(/^ +sku +string, at least 1 characters +required$/m);
      expect(stdout).to.match(/^ +quantity +integer, > 0 +required$/m);
      expect(stdout).to.match(/^ +size +one of "small", "large", or null +optional$/m);
      expect(stdout).to.match(/^ +address\.city +string, at least 2 characters +required$/m);
      expect(stdout).to.match(/^ +tags +list of string, at least 1 items +required$/m);
      for (const app of apps.slice(0, 2)) expect(stdout).to.include(app.status().endpoint);
    });

    it('gives the JSON Schemas and the stats of each instance', async () => {
      await atom(['request', '@cli/stock', 'echo', '1'], env);
      const { stdout } = await atom(['inspect', '@cli/stock', '--json'], env);
      const { versions, instances } = JSON.parse(stdout) as {
        versions: { version: string; lexemes: Record<string, { schema: { type: string } }> }[];
        instances: { version: string; stats: { operations: Record<string, { count: number }> } }[];
      };
      expect(versions).to.have.length(1);
      expect(versions[0]?.lexemes['Reserve']?.schema.type).to.equal('object');
      expect(instances).to.have.length(2);
      const calls = instances.map(({ stats }) => stats.operations['echo']?.count ?? 0);
      expect(calls.reduce((sum, count) => sum + count, 0)).to.be.greaterThan(0);
    });

    it('says what was meant, and ends with 3', async () => {
      const { code, stdout, stderr } = await atom(['inspect', '@cli/stok'], env);
      expect(code).to.equal(3);
      expect(stdout).to.equal('');
      expect(stderr).to.include("Did you mean '@cli/stock'?");
    });
  });

  describe('why', () => {
    it('names the instances that a request could go to, and how each was found', async () => {
      const { code, stdout } = await atom(['why', '@cli/stock', 'reserve'], env);
      expect(code).to.equal(0);
      expect(stdout).to.include('would be sent to one of 2 instances');
      for (const app of apps.slice(0, 2)) {
        const { instance, endpoint } = app.status();
        expect(stdout).to.match(
          new RegExp(`^${instance.slice(0, 12)} +1\\.4\\.0 +in +${endpoint} +in [\\d.]+ ms +beacon$`, 'm'),
        );
      }
      expect(stdout).to.match(/^multicast +up/m);
    });

    it('takes a method for its operation, as a request does', async () => {
      expect(JSON.parse((await atom(['why', '@cli/stock:::reserve', '--json'], env)).stdout)).to.include({
        verdict: 'sent',
      });
    });

    it('tells of an operation that nobody has', async () => {
      const { code, stdout } = await atom(['why', '@cli/stock', 'reserv'], env);
      expect(code).to.equal(1);
      expect(stdout).to.include('UNIMPLEMENTED').and.include("Did you mean 'reserve'?");
    });

    it('lets no control character of a name out', async () => {
      const { stdout } = await atom(['why', '@cli/stock', '\u001b[31mred'], env);
      expect(stdout).to.include('\\u001b[31mred').and.not.include('\u001b');
    });

    it('tells of a service that nobody offers', async () => {
      const { code, stdout } = await atom(['why', '@cli/stocks', '--json'], env);
      expect(code).to.equal(3);
      const { verdict, mend, instances } = JSON.parse(stdout) as Record<string, unknown>;
      expect({ verdict, mend, instances }).to.deep.equal({
        verdict: 'nobody',
        mend: "Did you mean '@cli/stock'?",
        instances: [],
      });
    });
  });

  describe('top', () => {
    it('prints one snapshot where it is no terminal', async () => {
      const { code, stdout } = await atom(['top', '--interval', '200'], env);
      expect(code).to.equal(0);
      expect(stdout).to.match(/^SERVICE +OPERATION, TOPIC +INST +RATE\/S/m);
      expect(stdout).to.match(/^@cli\/stock +reserve +2 /m);
      expect(stdout).to.match(/^@cli\/stock +price\.changed \(event\) +2 /m);
    });

    it('gives rates and counts as JSON', async () => {
      const load = atom(['request', '@cli/orders', 'ping', '--duration', '3', '-c', '2'], env);
      const { stdout } = await atom(['top', 'orders', '--once', '--json', '--interval', '300'], env);
      const { rows, instances, silent } = JSON.parse(stdout) as {
        rows: { service: string; name: string; count: number }[];
        instances: number;
        silent: number;
      };
      expect({ instances, silent }).to.deep.equal({ instances: 1, silent: 0 });
      expect(rows.map(({ service, name }) => [service, name])).to.deep.equal([['@cli/orders', 'ping']]);
      expect((await load).code).to.equal(0);
    });
  });
});
