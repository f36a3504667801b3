import { MemoryRegistryHub } from '../../nucleus/registry/memory-registry.js';
import { MemoryLogHub } from '../durable/memory-log.js';
import { MemoryNetwork } from '../transport/memory/memory-network.js';

/** What test applications share: those that are given the same one find and reach one another. */
export class TestNetwork {
  /** Carries their messages, and has the faults of networks: `partition`, `heal`, `freeze`, `thaw`, `cut`, `kill`. */
  readonly messages = new MemoryNetwork();
  /** Where they find one another. */
  readonly registry = new MemoryRegistryHub();
  /** Where their durable events are kept. */
  readonly log = new MemoryLogHub();

  /** Ends an instance's connections and its lease, as when its process is killed. `close` its application all the same. */
  async kill(instance: string): Promise<void> {
    await this.messages.kill(instance);
    this.registry.expire(instance);
  }
}
