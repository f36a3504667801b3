import { AtomClient, AtomService, OnEvent, OnRequest, type MessageContext } from 'atomjs';
import { Greet } from './greet.js';
import { Greeted } from './greeted.js';

@AtomService('@demo/greeter')
export class GreeterService {
  constructor(private readonly client: AtomClient) {}

  @OnRequest({ returns: Greeted })
  async greet({ name }: Greet): Promise<Greeted> {
    const greeted = Object.assign(new Greeted(), { name, text: `Hello, ${name}!` });
    await this.client.publish(greeted);
    return greeted;
  }

  @OnEvent('greeter.greeted')
  onGreeted({ text }: Greeted, { logger }: MessageContext): void {
    logger.info({ text }, 'somebody was greeted');
  }
}
