/*
 * Loads ZeroMQ's addon and opens a socket with it, in a process of its own: an addon that does not fit may end
 * its process, and a module that failed to load is not forgotten. Exits 0 when all is well.
 */
import { ZeromqTransport } from '../../../lib/transport/zeromq/zeromq-transport.js';
import { newId } from './new-id.js';

const transport = new ZeromqTransport({ instance: newId() });
await transport.listen('tcp://127.0.0.1:*', { received: () => undefined, closed: () => undefined });
await transport.close();
