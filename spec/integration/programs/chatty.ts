/** A service that logs as much as it is asked to. */
import { AtomFactory, AtomModule, AtomService, OnRequest, type MessageContext } from 'atomjs';

@AtomService('@test/chatty')
class Chatty {
  @OnRequest()
  log(lines: number, context: MessageContext): string {
    for (let n = 0; n < lines; n++) context.logger.info({ n, text: 'x'.repeat(1000) }, 'a line');
    return 'logged';
  }
}

@AtomModule({ services: [Chatty] })
class ChattyModule {}

await AtomFactory.create(ChattyModule, { drainTimeout: 1000 }).listen();
