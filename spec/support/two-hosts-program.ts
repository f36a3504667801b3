/**
 * A service on one of two hosts, which calls the service of the other and publishes to it:
 * `node two-hosts-program.js <own name> <other's name>`. What it sees it prints, a line each. It ends with its input.
 */
import { AtomClient, AtomFactory, AtomModule, AtomService, OnEvent, OnRequest } from 'atomjs';

const [own = '', other = ''] = process.argv.slice(2);
const say = (what: string): void => void process.stdout.write(`${what}\n`);

@AtomService(`@hosts/${own}`)
class HostService {
  @OnRequest({ accepts: 'any', returns: 'any' })
  greet(from: string): string {
    return `${own} greets ${from}`;
  }

  @OnEvent('host.up', { from: `@hosts/${other}`, accepts: 'any' })
  onUp(event: { name: string }): void {
    say(`event of ${event.name}`);
  }
}

@AtomModule({ services: [HostService] })
class HostModule {}

try {
  const app = await AtomFactory.create(HostModule, { logger: false }).listen();
  process.stdin.resume().on('end', () => void app.close().then(() => process.exit(0)));
  say(`listens on ${app.status().endpoint}`);
  const client: AtomClient = app.client;
  await client.waitFor(`@hosts/${other}`, { timeout: 10_000 });
  say(await client.request<string>(`@hosts/${other}`, 'greet', own));
  const { instances } = await client.publish('host.up', { name: own });
  say(`published to ${instances}`);
} catch (error) {
  say(`refused: ${(error as Error).message}`);
  process.exitCode = 1;
}
