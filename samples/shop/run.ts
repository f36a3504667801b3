import { basename } from 'node:path';
import { AtomFactory, type Application } from 'atomjs';

/** What a process of the shop tells the one that started it. */
export type Report =
  | { type: 'listening'; instance: string; endpoint: string }
  | { type: 'found' | 'lost'; instances: string[] }
  | { type: 'ready' }
  | { type: 'confirmed'; number: number; order: string; amount: number; stock: string; ms: number }
  | { type: 'failed'; number: number; reason: string }
  | { type: 'mailed'; orderId: string };

export const name = process.env.SHOP_NAME ?? `${basename(process.argv[1] ?? '', '.js')}-${process.pid}`;

export function report(message: Report): void {
  if (process.connected) process.send?.(message);
}

/** Starts this process's part of the shop; resolves once it has found the services that it looks for. */
export async function run(
  module: new () => object,
  { lookFor = [] }: { lookFor?: readonly string[] } = {},
): Promise<Application> {
  const app = AtomFactory.create(module, { logLevel: 'error' });
  // Whoever started this process has gone: so does it.
  process.once('disconnect', () => void app.close().then(() => process.exit()));
  await app.listen();

  const { instance, endpoint } = app.status();
  report({ type: 'listening', instance, endpoint });
  if (!process.connected) console.log(`${name}: listening on ${endpoint}; Ctrl-C ends it`);

  const look = neighbours(app, lookFor);
  setInterval(look, 50).unref();
  await app.client.waitFor(lookFor);
  look();
  report({ type: 'ready' });
  return app;
}

/** A function that tells which instances of the services have come and gone since it was last called. */
function neighbours({ client }: Application, services: readonly string[]): () => void {
  let known = new Set<string>();
  return () => {
    const instances = client
      .services()
      .filter((service) => services.includes(service.name))
      .flatMap((service) => service.instances)
      .filter(({ state }) => state === 'routable');
    const now = new Set(instances.map(({ id }) => id));
    const found = [...now].filter((id) => !known.has(id));
    const lost = [...known].filter((id) => !now.has(id));
    known = now;
    if (found.length > 0) report({ type: 'found', instances: found });
    if (lost.length > 0) report({ type: 'lost', instances: lost });
  };
}
