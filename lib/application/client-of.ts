import { AtomClient } from '../client/atom-client.js';
import { compileLexeme, isLexemeType } from '../lexicon/compile.js';
import type { Middleware } from '../runtime/middleware.js';
import { describeService } from '../scanner/describe-service.js';
import type { MeshNode } from './mesh-node.js';

/** The client of a node. */
export function createClientOf(
  node: MeshNode,
  inbound: readonly Middleware[],
  outbound: readonly Middleware[],
  waiting: Set<string>,
  services: readonly string[],
): AtomClient {
  const { options, clock, logger } = node.parts;
  return new AtomClient({
    instance: node.id,
    requester: node.requester,
    publisher: node.publisher,
    subscriber: node.subscriber,
    durable: node.durable,
    clock,
    logger,
    requestTimeout: options.requestTimeout,
    maxBody: options.maxBody,
    inbound,
    outbound,
    service: services.length === 1 ? services[0]! : '',
    entries: () => node.discovery.directory.list(),
    describe: (type) => describeService(type, { compileLexeme, isLexemeType }),
    changed: () => node.changed(),
    waiting,
    started: () => node.isStarted,
    closing: node.closing,
  });
}
