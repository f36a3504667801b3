/**
 * One of several neighbours, `node neighbour.js NUMBER COUNT`: waits for the others, asks each of them, says
 * hello to all by an event, and tells what it got. Ends by SIGTERM, with how often it heard whom.
 */
import { AtomClient, AtomFactory, AtomModule, AtomService, OnEvent, OnRequest } from 'atomjs';

const [own, count] = process.argv.slice(2).map(Number) as [number, number];
const numbers = Array.from({ length: count }, (_, index) => index);
const nameOf = (number: number): string => `@mesh/neighbour-${number}`;
const heard: number[] = [];

@AtomService(nameOf(own))
class Neighbour {
  constructor(private readonly client: AtomClient) {}

  @OnRequest({ accepts: 'any' })
  double(value: number): number {
    return 2 * value;
  }

  @OnEvent('hello', { accepts: 'any' })
  hello(number: number): void {
    heard.push(number);
    if (new Set(heard).size === count) console.log('heard all');
  }

  async meet(): Promise<void> {
    await this.client.waitFor(numbers.map(nameOf));
    console.log('found all');
    const answers = await Promise.all(
      numbers.map((number) => this.client.request<number>(nameOf(number), 'double', number)),
    );
    console.log(`answers ${JSON.stringify(answers)}`);
  }

  async greet(): Promise<void> {
    const { services, dropped } = await this.client.publish('hello', own);
    console.log(`greeted ${services} ${dropped}`);
  }

  onClose(): void {
    console.log(`heard ${JSON.stringify(heard.sort((a, b) => a - b))}`);
  }
}

@AtomModule({ services: [Neighbour] })
class NeighbourModule {}

const app = await AtomFactory.create(NeighbourModule, { logLevel: 'warn' }).listen();
console.log('listening');
const neighbour = app.get(Neighbour);
await neighbour.meet();
await neighbour.greet();
