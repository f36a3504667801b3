import type { Lexicon } from './lexicon.js';
import { scanService } from './scan-service.js';
import { BootstrapError } from '../errors.js';
import type { Class, ServiceDefinition } from '../metadata/definitions.js';

/** What the decorators of one service's class say, without a module around it. @throws BootstrapError */
export function describeService(type: Class, lexicon: Lexicon): ServiceDefinition {
  const problems: string[] = [];
  const scanned = scanService(type, type.name, lexicon, (problem) => problems.push(problem));
  if (scanned === undefined || problems.length > 0) throw new BootstrapError(problems);
  return scanned.definition;
}
