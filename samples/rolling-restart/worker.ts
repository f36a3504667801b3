import { AtomFactory, AtomModule, AtomService, OnEvent, OnRequest, type OnClose } from 'atomjs';
import type { Report } from './messages.js';

function report(message: Report): Promise<void> {
  return new Promise((done) => process.send?.(message, () => done()));
}

@AtomService('@samples/worker')
class WorkerService implements OnClose {
  private readonly handled: number[] = [];

  @OnRequest()
  async double(n: number): Promise<number> {
    await new Promise((done) => setTimeout(done, 5));
    return 2 * n;
  }

  // One of the workers handles each.
  @OnEvent('job.added')
  async work(n: number) {
    await new Promise((done) => setTimeout(done, 1));
    this.handled.push(n);
  }

  // After SIGTERM: nothing new comes, and all that was accepted is done.
  async onClose() {
    await report({ type: 'closing', handled: this.handled });
  }
}

@AtomModule({ services: [WorkerService] })
class WorkerModule {}

const app = await AtomFactory.create(WorkerModule, { logLevel: 'error' }).listen();
process.once('disconnect', () => void app.close().then(() => process.exit()));
await report({ type: 'listening', instance: app.status().instance });
