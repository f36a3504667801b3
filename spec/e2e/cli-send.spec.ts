import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AtomFactory, type Application } from '../../lib/index.js';
import { atom, ownMesh } from '../support/cli.js';
import { endServices, heard, startServices } from '../support/cli-services.js';
import { eventually } from '../support/eventually.js';
import { endPrograms, Program } from '../support/process.js';

const GOOD = '{"sku":"tea","quantity":2,"tags":["a"]}';

describe('atom, sending and hearing', function () {
  this.timeout(30_000);
  const env = ownMesh();
  let apps: readonly Application[] = [];
  before(async () => (apps = await startServices(env, 2)));
  after(() => endServices(apps));
  afterEach(endPrograms);
  const ids = (): string[] => apps.slice(0, 2).map((app) => app.status().instance);

  describe('request', () => {
    it('prints the answer as JSON', async () => {
      const { code, stdout, stderr } = await atom(['request', '@cli/stock', 'reserve', GOOD], env);
      expect(JSON.parse(stdout)).to.deep.equal({ reserved: 2, sku: 'tea' });
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    });

    it('takes service and operation in one, and the message from standard input or a file', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'atom-cli-'));
      writeFileSync(join(folder, 'message.json'), '\n[1, {"a": null}]\n');
      const file = await atom(['request', '@cli/stock:::echo', `@${join(folder, 'message.json')}`], env);
      rmSync(folder, { recursive: true });
      expect(JSON.parse(file.stdout)).to.deep.equal([1, { a: null }]);
      const input = await atom(['request', '@cli/stock|||echo', '-'], env, {
        input: '"from standard input"',
      });
      expect(JSON.parse(input.stdout)).to.equal('from standard input');
    });

    it('wraps answer and time with --json, also of a failure', async () => {
      const good = JSON.parse(
        (await atom(['request', '@cli/orders', 'ping', '--json'], env)).stdout,
      ) as Record<string, unknown>;
      expect(good).to.include({ ok: true, result: 'pong' }).and.have.property('ms').that.is.a('number');
      const { code, stdout, stderr } = await atom(['request', '@cli/stock', 'refuse', '--json'], env);
      const bad = JSON.parse(stdout) as { ok: boolean; error: object };
      expect({ code, stderr }).to.deep.equal({ code: 1, stderr: '' });
      expect(bad.ok).to.equal(false);
      expect(bad.error).to.deep.equal({
        code: 'FAILED_PRECONDITION',
        outcome: 'FAILED',
        message: 'the shop is closed',
      });
    });

    it('says field by field what is wrong with a message, and ends with 1', async () => {
      const { code, stdout, stderr } = await atom(
        ['request', '@cli/stock', 'reserve', '{"sku":"","quantity":0,"tags":["a"]}'],
        env,
      );
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr)
        .to.match(/^ {2}sku: /m)
        .and.to.match(/^ {2}quantity: /m);
    });

    it('says where JSON is wrong, and ends with 2', async () => {
      const { code, stderr } = await atom(['request', '@cli/stock', 'echo', "{'sku': 1}"], env);
      expect(code).to.equal(2);
      expect(stderr)
        .to.include('at character 2')
        .and.include("  {'sku': 1}\n   ^")
        .and.include('double quotes');
    });

    it('says what operation was meant, and ends with 1', async () => {
      const { code, stderr } = await atom(['request', '@cli/stock', 'reserv'], env);
      expect(code).to.equal(1);
      expect(stderr).to.include("did you mean 'reserve'?");
    });

    it('ends with 3 when nobody is there, and when nobody answers in time', async () => {
      const away = await atom(['request', '@cli/stok', 'echo'], env);
      expect(away.code).to.equal(3);
      expect(away.stderr).to.include("did you mean '@cli/stock'?").and.include('atom why');
      const late = await atom(['request', '@cli/stock', 'hang', '--timeout', '200'], env);
      expect(late.code).to.equal(3);
      expect(late.stderr).to.include('Request timeout after 200ms').and.include('may have run');
    });

    it('asks the one instance that is named by the beginning of its id', async () => {
      const [first = ''] = ids();
      const before = apps[0]!.service('@cli/stock').stats().operations['echo']?.count ?? 0;
      for (let turn = 0; turn < 2; turn++) {
        expect(
          (await atom(['request', '@cli/stock', 'echo', '1', '--instance', first.slice(0, 10)], env)).code,
        ).to.equal(0);
      }
      expect(apps[0]!.service('@cli/stock').stats().operations['echo']?.count).to.equal(before + 2);
      expect((await atom(['request', '@cli/stock', 'echo', '1', '--instance', 'xyz'], env)).code).to.equal(3);
    });

    it('measures a load: throughput, percentiles, a histogram', async () => {
      const { code, stdout } = await atom(
        ['request', '@cli/stock', 'echo', '1', '-n', '200', '-c', '8'],
        env,
      );
      expect(code).to.equal(0);
      expect(stdout)
        .to.match(/^200 requests in [\d.]+ s: [\d,]+ answers\/s$/m)
        .and.include('no errors');
      expect(stdout)
        .to.match(/P50 +P90 +P99/)
        .and.to.match(/^up to +[\d.]+ ms +\d+ {2}[█▏▎▍▌▋▊▉]+$/m);
    });

    it('runs the operation as often as the load counts, and ends with 3 when nobody is there', async () => {
      const calls = (): number =>
        apps
          .slice(0, 2)
          .map((app) => app.service('@cli/stock').stats().operations['echo']?.count ?? 0)
          .reduce((sum, count) => sum + count);
      const before = calls();
      await atom(['request', '@cli/stock', 'echo', '1', '--count', '7'], env);
      expect(calls() - before).to.equal(7);
      const away = await atom(['request', '@cli/stok', 'echo', '--count', '7'], env);
      expect(away.code).to.equal(3);
      expect(away.stderr).to.include('`atom why @cli/stok echo`');
    });

    it('counts the errors of a load by code, and ends with 1', async () => {
      const { code, stdout } = await atom(['request', '@cli/stock', 'refuse', '-n', '20', '--json'], env);
      expect(code).to.equal(1);
      const { sent, ok, errors } = JSON.parse(stdout) as Record<string, unknown>;
      expect({ sent, ok, errors }).to.deep.equal({ sent: 20, ok: 0, errors: { FAILED_PRECONDITION: 20 } });
    });

    it('ends a load after its time', async () => {
      const { stdout } = await atom(['request', '@cli/orders', 'ping', '--duration', '1', '--json'], env);
      const { seconds } = JSON.parse(stdout) as { seconds: number };
      expect(seconds).to.be.within(0.9, 3);
    });

    it('prints what a load has measured when it is interrupted, and ends with 130', async () => {
      const load = new Program('nucleus/cli/main.js', {
        args: ['request', '@cli/orders', 'ping', '--duration', '60'],
        env,
      });
      const counted = (): number => apps[2]!.service('@cli/orders').stats().operations['ping']?.count ?? 0;
      const before = counted();
      await eventually(() => counted() > before + 100);
      load.signal('SIGINT');
      expect(await load.ended).to.deep.equal({ code: 130, signal: null });
      expect(load.output).to.match(/requests in .* answers\/s/);
    });
  });

  describe('publish', () => {
    it('reaches who listens, and gives a receipt', async () => {
      const { code, stdout } = await atom(['publish', 'price.changed', '{"sku":"p1"}'], env);
      expect({ code, stdout }).to.deep.equal({
        code: 0,
        stdout: 'price.changed: sent to 1 service, 1 instance\n',
      });
      await eventually(() => heard.some(({ data }) => (data as { sku?: string }).sku === 'p1'));
      const { stdout: json } = await atom(['publish', 'price.changed', '{"sku":"p2"}', '--json'], env);
      expect(JSON.parse(json)).to.deep.equal({
        topic: 'price.changed',
        services: 1,
        instances: 1,
        dropped: 0,
        deaf: [],
      });
    });

    it('ends with 3 when nobody listens, and names who listens to another publisher', async () => {
      const { code, stdout, stderr } = await atom(['publish', 'order.placed', '{}'], env);
      expect(code).to.equal(3);
      expect(stdout).to.include('nobody listens');
      expect(stderr).to.include('@cli/stock listens to it when @cli/orders publishes it');
    });

    it('refuses a pattern', async () => {
      expect((await atom(['publish', 'price.*', '{}'], env)).code).to.equal(2);
    });
  });

  describe('signal', () => {
    it('reaches one instance, also past `from`, and says which', async () => {
      const { code, stdout } = await atom(
        ['signal', '@cli/stock|||order.placed', '{"id":"s1"}', '--json'],
        env,
      );
      expect(code).to.equal(0);
      const { service, topic, instance } = JSON.parse(stdout) as Record<string, string>;
      expect({ service, topic }).to.deep.equal({ service: '@cli/stock', topic: 'order.placed' });
      expect(ids()).to.include(instance);
      await eventually(() => heard.some(({ data }) => (data as { id?: string }).id === 's1'));
    });

    it('takes service and topic apart, too', async () => {
      const { stdout } = await atom(['signal', '@cli/stock', 'price.changed', '{"sku":"s2"}'], env);
      expect(stdout).to.match(/^price\.changed: accepted by @cli\/stock, instance [0-9a-f]{12}$/m);
    });

    it('says what topic was meant, and ends with 1', async () => {
      const { code, stderr } = await atom(['signal', '@cli/stock', 'price.change'], env);
      expect(code).to.equal(1);
      expect(stderr).to.include("did you mean 'price.changed'?");
    });
  });

  describe('broadcast', () => {
    it('reaches each instance, with a receipt of each', async () => {
      const { code, stdout } = await atom(['broadcast', '@cli/stock:::price.changed:::{"sku":"b1"}'], env);
      expect(code).to.equal(0);
      for (const id of ids()) expect(stdout).to.match(new RegExp(`^${id.slice(0, 12)} +accepted$`, 'm'));
      await eventually(
        () => heard.filter(({ data }) => (data as { sku?: string }).sku === 'b1').length === 2,
      );
    });

    it('ends with 1 when an instance refuses it', async () => {
      const { code, stdout } = await atom(
        ['broadcast', '@cli/stock:::price.changed:::{"sku":1}', '--json'],
        env,
      );
      expect(code).to.equal(1);
      const { accepted, instances } = JSON.parse(stdout) as {
        accepted: number;
        instances: { code: string }[];
      };
      expect(accepted).to.equal(0);
      expect(instances.map((receipt) => receipt.code)).to.deep.equal([
        'INVALID_ARGUMENT',
        'INVALID_ARGUMENT',
      ]);
    });

    it('ends with 3 when the service is not there', async () => {
      expect((await atom(['broadcast', '@cli/none:::x'], env)).code).to.equal(3);
    });
  });

  describe('subscribe', () => {
    /** Publishes until the subscriber has ended. */
    async function publishUntilEnded(subscriber: Program, topic: string): Promise<void> {
      const client = await AtomFactory.createClient({
        environment: env.ATOM_ENV ?? '',
        discovery: { multicast: env.ATOM_MULTICAST ?? '' },
        logger: false,
      });
      await eventually(async () => {
        if (subscriber.isRunning) await client.publish(topic, { n: 1, text: '\u001b[31m' });
        return !subscriber.isRunning;
      });
      await client.close();
    }

    it('prints events of a pattern as they come, and ends after --count', async () => {
      const subscriber = new Program('nucleus/cli/main.js', {
        args: ['subscribe', 'weather.*', '--count', '2'],
        env,
      });
      await publishUntilEnded(subscriber, 'weather.changed');
      expect((await subscriber.ended).code).to.equal(0);
      expect(subscriber.lines).to.have.length(2);
      expect(subscriber.lines[0]).to.match(
        /^\d\d:\d\d:\d\d\.\d{3} {2}weather\.changed {2}[0-9a-f]{12} {2}\{"n":1,"text":"\\u001b\[31m"\}$/,
      );
    });

    it('prints a JSON object a line with --json', async () => {
      const subscriber = new Program('nucleus/cli/main.js', {
        args: ['subscribe', 'weather.>', '--json', '-n', '1'],
        env,
      });
      await publishUntilEnded(subscriber, 'weather.changed.often');
      await subscriber.ended;
      expect(JSON.parse(subscriber.output)).to.deep.include({
        topic: 'weather.changed.often',
        service: '',
        data: { n: 1, text: '\u001b[31m' },
      });
    });

    it('ends with 3 when nothing comes for the timeout', async () => {
      const { code, stderr } = await atom(['subscribe', 'nothing.ever', '--timeout', '300'], env);
      expect(code).to.equal(3);
      expect(stderr).to.include('nothing was heard for 300 ms');
    });

    it('ends quietly when nobody reads its output any more', async () => {
      const subscriber = new Program('nucleus/cli/main.js', { args: ['subscribe', 'weather.*'], env });
      subscriber.closeOutput();
      await publishUntilEnded(subscriber, 'weather.changed');
      expect((await subscriber.ended).code).to.equal(0);
      expect(subscriber.errors).not.to.include('EPIPE');
    });

    it('ends with 130 on Ctrl-C', async () => {
      const subscriber = new Program('nucleus/cli/main.js', { args: ['subscribe', '>'], env });
      await eventually(() => subscriber.errors.includes('listening to >'));
      subscriber.signal('SIGINT');
      expect(await subscriber.ended).to.deep.equal({ code: 130, signal: null });
    });
  });
});
