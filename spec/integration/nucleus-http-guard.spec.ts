import { expect } from 'chai';
import { EventEmitter } from 'node:events';
import { connect } from 'node:net';
import { systemClock } from '../../nucleus/clock.js';
import { History } from '../../nucleus/daemon/history.js';
import type { ActionAnswer, HistoryEntry, MeshView } from '../../nucleus/daemon/http-api.js';
import type { HttpOptions } from '../../nucleus/daemon/http/http-options.js';
import { startHttp } from '../../nucleus/daemon/http/start-http.js';
import { silentLogger } from '../../nucleus/logger.js';
import { eventually } from '../support/eventually.js';
import { aHealth, aPage, ask, EventReader, TOKEN } from '../support/nucleus-http.js';
import { aView } from '../support/mesh-view.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const WITH_TOKEN = { ...JSON_TYPE, authorization: `Bearer ${TOKEN}` };
const REQUEST = JSON.stringify({ service: '@a/b', operation: 'c', data: 1 });

describe("the nucleus's HTTP port", () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });

  /** The port alone, with a mesh that is what `show` says. */
  async function start(over: Partial<HttpOptions> = {}) {
    const changes = new EventEmitter();
    let view = aView();
    const history = new History();
    const acted: unknown[] = [];
    const http = await startHttp({
      port: 0,
      token: TOKEN,
      page: '/nowhere',
      clock: systemClock,
      logger: silentLogger,
      history,
      model: {
        view: () => view,
        instance: (id) => view.instances.find((instance) => instance.id === id),
        subscribe: (listener) => {
          changes.on('change', listener);
          return () => changes.off('change', listener);
        },
      },
      source: { describe: () => Promise.reject(new Error('nobody is there')) },
      actions: {
        request: async (body) => acted.push(body),
        publish: async (body) => acted.push(body),
      },
      health: () => aHealth(),
      ...over,
    });
    opened.push(http);
    const show = (next: MeshView): void => {
      view = next;
      changes.emit('change');
    };
    return { ...http, address: `http://127.0.0.1:${http.port}`, history, acted, show };
  }
  const refusal = ({ text }: { text: string }) => {
    const answer = JSON.parse(text) as ActionAnswer;
    return answer.ok ? expect.fail('it was not refused') : answer.error;
  };

  describe('lets in', () => {
    it('only who asks for a loopback name or a name that was given', async () => {
      const { port } = await start({ hosts: ['Nucleus.lan', '10.1.2.3'] });
      for (const host of [
        'localhost',
        `127.0.0.1:${port}`,
        '[::1]:80',
        'LOCALHOST',
        'nucleus.lan:81',
        '10.1.2.3',
      ]) {
        expect((await ask(port, '/services', { headers: { host } })).status, host).to.equal(200);
      }
      for (const host of [
        'evil.example',
        'localhost.evil.example',
        '127.0.0.1.evil.example',
        'evil.example:7994',
        'user@localhost',
        'localhost/x',
        '10.1.2.4',
        '0.0.0.0',
      ]) {
        for (const path of ['/', '/services', '/events', '/metrics', '/vendor/preact.mjs']) {
          expect((await ask(port, path, { headers: { host } })).status, `${host}${path}`).to.be.within(
            400,
            403,
          );
        }
      }
      const answer = refusal(await ask(port, '/services', { headers: { host: 'evil.example' } }));
      expect(answer).to.include({ code: 'PERMISSION_DENIED' });
      expect(answer.mend).to.include('127.0.0.1').and.include('atom start --http-host');
    });

    it('no page of another origin, even with the token', async () => {
      const { port, acted } = await start();
      const host = `localhost:${port}`;
      for (const origin of [
        'http://evil.example',
        'null',
        `https://${host}`,
        'http://localhost:1',
        `http://${host}.x`,
      ]) {
        const post = await ask(port, '/request', { headers: { ...WITH_TOKEN, host, origin }, body: REQUEST });
        expect(post.status, origin).to.equal(403);
        expect((await ask(port, '/events', { headers: { host, origin } })).status, origin).to.equal(403);
      }
      expect(acted).to.deep.equal([]);
      const own = await ask(port, '/request', {
        headers: { ...WITH_TOKEN, host, origin: `http://${host}` },
        body: REQUEST,
      });
      expect(own.status).to.equal(200);
      expect(own.headers).not.to.have.property('access-control-allow-origin');
    });

    it('nobody to act without the token', async () => {
      const { port, acted } = await start();
      const wrong = [
        undefined,
        '',
        'Bearer',
        'Bearer x',
        `Bearer ${TOKEN}0`,
        `Bearer ${TOKEN.slice(1)}`,
        `Basic ${TOKEN}`,
      ];
      for (const authorization of wrong) {
        const headers = { ...JSON_TYPE, ...(authorization !== undefined && { authorization }) };
        for (const path of ['/request', '/publish']) {
          const answer = await ask(port, path, { headers, body: REQUEST });
          expect(answer.status, authorization).to.equal(401);
          expect(refusal(answer)).to.include({ code: 'UNAUTHENTICATED' });
          expect(answer.text).not.to.include(TOKEN);
        }
      }
      expect(acted).to.deep.equal([]);
    });

    it('no body that is not what it asks for, and says what that is', async () => {
      const { port, acted } = await start();
      const post = (body: string, path = '/request', headers: Record<string, string> = WITH_TOKEN) =>
        ask(port, path, { headers, body });
      const body = (over: object) => JSON.stringify({ service: '@a/b', operation: 'c', ...over });
      for (const [text, words] of [
        ['{', 'is not JSON'],
        ['[]', 'is not an object'],
        [body({ service: 'b' }), "'service'"],
        [body({ service: '@a/<b>' }), "'service'"],
        [body({ operation: 5 }), "'operation'"],
        [body({ timeout: -1 }), "'timeout'"],
        [body({ timeout: 1e9 }), "'timeout'"],
        [body({ instance: 'x' }), "'instance'"],
      ] as const) {
        const answer = await post(text);
        expect(answer.status, text).to.equal(400);
        expect(refusal(answer).message).to.include(words);
        expect(refusal(answer).mend).to.be.a('string');
      }
      expect((await post('{}', '/publish')).status).to.equal(400);
      expect(
        (await post(REQUEST, '/request', { ...WITH_TOKEN, 'content-type': 'text/plain' })).status,
      ).to.equal(415);
      const long = body({ data: 'x'.repeat(1024 * 1024) });
      expect((await post(long)).status).to.equal(413);
      expect(
        (await post(long, '/request', { ...WITH_TOKEN, 'transfer-encoding': 'chunked' })).status,
      ).to.equal(413);
      expect(acted).to.deep.equal([]);
      expect((await post(body({ data: { x: 1 }, timeout: 5 }))).status).to.equal(200);
      expect(acted).to.deep.equal([{ service: '@a/b', operation: 'c', data: { x: 1 }, timeout: 5 }]);
    });

    it('at most 64 that act at the same time', async () => {
      const waiting: (() => void)[] = [];
      const request = () => new Promise<void>((resolve) => waiting.push(resolve));
      const { port } = await start({ actions: { request, publish: request } });
      const many = Array.from({ length: 64 }, () =>
        ask(port, '/request', { headers: WITH_TOKEN, body: REQUEST }),
      );
      await eventually(() => waiting.length === 64);
      expect((await ask(port, '/publish', { headers: WITH_TOKEN, body: '{"topic":"a"}' })).status).to.equal(
        429,
      );
      for (const go of waiting) go();
      for (const { status } of await Promise.all(many)) expect(status).to.equal(200);
    });
  });

  it('tells that it lives, and whether it is ready', async () => {
    let status: 'ok' | 'starting' = 'starting';
    const { port } = await start({ health: () => aHealth({ status }) });
    expect((await ask(port, '/health')).status).to.equal(200);
    expect((await ask(port, '/ready')).status).to.equal(503);
    status = 'ok';
    const ready = await ask(port, '/ready');
    expect(ready.status).to.equal(200);
    expect(JSON.parse(ready.text)).to.deep.equal(aHealth());
  });

  it('tells nothing of its inside when something breaks', async () => {
    const logged: unknown[] = [];
    const logger = { ...silentLogger, error: (fields: object) => void logged.push(fields) };
    const broken = (): never => {
      throw new Error('a secret of the inside');
    };
    const { port } = await start({ logger, actions: { request: broken, publish: broken } });
    const answer = await ask(port, '/request', { headers: WITH_TOKEN, body: REQUEST });
    expect(answer.status).to.equal(500);
    expect(answer.text).not.to.match(/secret|at .*\.js/);
    for (const path of [
      '/nothing',
      '/instances/x',
      '/history?since=x',
      '/%E0%A4%A',
      '/vendor/../package.json',
    ]) {
      const { status, text } = await ask(port, path);
      expect(status, path).to.be.within(400, 404);
      expect(JSON.parse(text), path).to.have.nested.property('error.mend');
    }
  });

  describe('serves the page', () => {
    it('with all that it needs, and lets it have nothing from elsewhere', async () => {
      const page = aPage();
      opened.push({ close: () => page.remove() });
      const { port } = await start({ page: page.folder });
      const index = await ask(port, '/');
      expect(index.headers['content-type']).to.equal('text/html; charset=utf-8');
      const policy = index.headers['content-security-policy'];
      expect(policy).to.match(/^default-src 'none'; script-src 'self' 'sha256-[^']{44}';/);
      expect(policy).to.include("connect-src 'self'").and.include("frame-ancestors 'none'");
      expect(policy).not.to.match(/unsafe|https?:|\*/);
      expect((await ask(port, '/main.js')).headers['content-type']).to.equal(
        'text/javascript; charset=utf-8',
      );
      for (const name of ['preact', 'hooks', 'jsx-runtime', 'cytoscape']) {
        const module = await ask(port, `/vendor/${name}.mjs`);
        expect(module.status, name).to.equal(200);
        expect(module.headers['content-type']).to.match(/^text\/javascript/);
        expect(module.text).to.include('export');
      }
      const etag = index.headers.etag!;
      expect((await ask(port, '/', { headers: { 'if-none-match': etag } })).status).to.equal(304);
      for (const path of [
        '/../package.json',
        '/%2e%2e/package.json',
        '/..%2fpackage.json',
        '//etc/passwd',
        '/main.js/',
      ]) {
        expect((await ask(port, path)).status, path).to.equal(404);
      }
    });

    it('or says how to build it', async () => {
      const { port } = await start();
      const answer = await ask(port, '/');
      expect(answer.status).to.equal(404);
      expect(refusal(answer).mend).to.include('npm run build');
    });
  });

  describe('streams events', () => {
    const entry = (reason: string): Omit<HistoryEntry, 'sequence'> => ({
      at: 1,
      instance: 'a'.repeat(32),
      services: [],
      type: 'joined',
      health: 'alive',
      reason,
    });
    const open = async (address: string, headers: Record<string, string> = {}) => {
      const reader = await EventReader.open(address, headers);
      opened.push(reader);
      await eventually(() => reader.of('mesh').length > 0);
      return reader;
    };

    it('that tell of the mesh at most twice a second, and only when it changed', async () => {
      const { address, show } = await start();
      const [first, second] = [await open(address), await open(address)];
      for (let at = 1; at <= 50; at++) show(aView({ at }));
      await eventually(() => second.of<MeshView>('mesh').at(-1)!.at === 50);
      show(aView({ at: 51 }));
      const began = performance.now();
      await eventually(() => second.of<MeshView>('mesh').at(-1)!.at === 51);
      expect(performance.now() - began).to.be.greaterThan(300);
      await eventually(() => first.of<MeshView>('mesh').at(-1)!.at === 51);
      expect(first.of('mesh')).to.have.length(3);
    });

    it('that go on where a reader was cut off, of the same start', async () => {
      const { address, history } = await start();
      const before = await open(address);
      for (const reason of ['one', 'two', 'three']) history.add(entry(reason));
      await eventually(() => before.of('change').length === 3);
      const [first] = before.events.filter(({ event }) => event === 'change');
      const after = await open(address, { 'last-event-id': first!.id! });
      expect(after.of<HistoryEntry>('change').map(({ reason }) => reason)).to.deep.equal(['two', 'three']);
      const stranger = await open(address, { 'last-event-id': '123-1' });
      expect(stranger.of('change')).to.deep.equal([]);
    });

    it('to those who read; who leaves too much unread is cut off, and harms nobody', async () => {
      const { address, port, history } = await start();
      const reader = await open(address);
      const stuck = connect(port, '127.0.0.1').pause();
      opened.push({ close: () => stuck.destroy() });
      let closed = false;
      stuck.on('close', () => (closed = true)).on('error', () => undefined);
      stuck.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
      await eventually(() => stuck.bytesWritten > 0);
      let sent = 0;
      await eventually(async () => {
        history.add(entry('x'.repeat(1024 * 1024)));
        sent++;
        await eventually(() => reader.of('change').length === sent);
        return sent === 30;
      });
      // Bytes that were on the way are read, and then there is no more.
      let read = 0;
      stuck.on('data', (bytes: Buffer) => (read += bytes.length)).resume();
      await eventually(() => closed);
      expect(read).to.be.lessThan(25 * 1024 * 1024);
      expect(reader.ended).to.equal(false);
    });

    it('to at most 64 readers', async () => {
      const { address, port } = await start();
      const readers = await Promise.all(Array.from({ length: 64 }, () => open(address)));
      expect((await ask(port, '/events')).status).to.equal(429);
      readers[0]!.close();
      await eventually(async () => (await open(address)) instanceof EventReader);
    });

    it('until it closes, at once', async () => {
      const nucleus = await start();
      const reader = await open(nucleus.address);
      const began = performance.now();
      await nucleus.close();
      await eventually(() => reader.ended);
      expect(performance.now() - began).to.be.lessThan(900);
    });
  });

  it('says what to do when its port is taken', async () => {
    const { port } = await start();
    const error = await startHttp({ ...(await optionsOf()), port }).then(
      () => expect.fail('it was not taken'),
      (thrown: unknown) => thrown as NodeJS.ErrnoException,
    );
    expect(error).to.have.property('code', 'EADDRINUSE');
    expect(error.message).to.include(`Port ${port} on 127.0.0.1 is taken`).and.include('give another');
  });
});

async function optionsOf(): Promise<Omit<HttpOptions, 'port'>> {
  const none = () => Promise.resolve();
  return {
    token: TOKEN,
    page: '/nowhere',
    clock: systemClock,
    logger: silentLogger,
    history: new History(),
    model: { view: () => aView(), instance: () => undefined, subscribe: () => () => undefined },
    source: { describe: none },
    actions: { request: none, publish: none },
    health: () => aHealth(),
  };
}
