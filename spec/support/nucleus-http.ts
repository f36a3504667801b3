import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClientOf } from '../../lib/application/client-of.js';
import { MeshNode } from '../../lib/application/mesh-node.js';
import { type AtomOptions, resolveOptions } from '../../lib/application/options.js';
import { systemParts } from '../../lib/application/system-parts.js';
import { meshClient } from '../../nucleus/cli/mesh-client.js';
import { systemClock } from '../../nucleus/clock.js';
import { History } from '../../nucleus/daemon/history.js';
import type { DaemonHealth } from '../../nucleus/daemon/http-api.js';
import type { HttpOptions } from '../../nucleus/daemon/http/http-options.js';
import { startHttp } from '../../nucleus/daemon/http/start-http.js';
import { MeshModel } from '../../nucleus/daemon/mesh-model.js';
import { StatsPoller } from '../../nucleus/daemon/stats-poller.js';
import { silentLogger } from '../../nucleus/logger.js';

export const TOKEN = 'f00dfeed'.repeat(4);

/** What a nucleus says of itself; `over` replaces fields. */
export function aHealth(over: Partial<DaemonHealth> = {}): DaemonHealth {
  return {
    status: 'ok',
    pid: process.pid,
    version: '0.1.0',
    environment: 'test',
    startedAt: 1_700_000_000_000,
    registry: 'memory',
    registryEndpoint: 'tcp://127.0.0.1:7993',
    sources: [],
    instances: 0,
    ...over,
  };
}

/** A page's folder with an import map and a script; `remove` takes it away. */
export function aPage(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'atom-page-'));
  const map = '{"imports":{"preact":"/vendor/preact.mjs"}}';
  const head = `<script type="importmap">${map}</script><script type="module" src="/main.js"></script>`;
  writeFileSync(join(folder, 'index.html'), `<!doctype html><html><head>${head}</head></html>`);
  writeFileSync(join(folder, 'main.js'), "import 'preact';\n");
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** A node that looks at the mesh, with the HTTP side of a nucleus on top, over real sockets. */
export async function startNucleusHttp(atom: AtomOptions, over: Partial<HttpOptions> = {}) {
  const node = new MeshNode(systemParts(resolveOptions(atom)));
  await node.start();
  node.announce();
  const client = createClientOf(node, [], [], new Set(), []);
  const { directory } = node.discovery;
  const clock = systemClock;
  const history = new History();
  const model = new MeshModel({ environment: 'test', clock, history, directory });
  const port = meshClient(client);
  const poller = new StatsPoller({ clock, directory, model, source: port, interval: 200 });
  model.start();
  poller.start();
  const http = await startHttp({
    port: 0,
    token: TOKEN,
    page: '/nowhere',
    clock,
    logger: silentLogger,
    model,
    history,
    source: port,
    actions: port,
    health: () => aHealth({ instances: model.size }),
    ...over,
  });
  return {
    model,
    history,
    address: `http://127.0.0.1:${http.port}`,
    port: http.port,
    closeHttp: () => http.close(),
    close: async () => {
      await http.close();
      poller.close();
      model.close();
      await node.close();
    },
  };
}

/** A GET, or with a body a POST, with headers as they are given: `fetch` does not let one choose `Host` or `Origin`. */
export async function ask(
  port: number,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; headers: IncomingMessage['headers']; text: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, resolve);
    request.on('error', reject).end(body);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode!,
    headers: response.headers,
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

/** Reads a stream of server-sent events as it comes; `close` hangs up. */
export class EventReader {
  readonly events: { readonly event: string; readonly id: string | undefined; readonly data: unknown }[] = [];
  ended = false;
  private readonly abort = new AbortController();

  static async open(address: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const reader = new EventReader();
    const { signal } = reader.abort;
    const response = await fetch(`${address}/events`, { headers, signal });
    if (response.headers.get('content-type') !== 'text/event-stream') throw new Error(await response.text());
    void reader.read(response);
    return reader;
  }

  of<T>(event: string): readonly T[] {
    return this.events.filter((one) => one.event === event).map(({ data }) => data as T);
  }

  close(): void {
    this.abort.abort();
  }

  private async read(response: Response): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body!) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop()!;
        for (const block of blocks) this.take(block);
      }
    } catch {
      // Hung up, by this side or the other.
    }
    this.ended = true;
  }

  private take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    const event = fields.get('event');
    if (event === undefined) return;
    this.events.push({ event, id: fields.get('id'), data: JSON.parse(fields.get('data')!) as unknown });
  }
}
