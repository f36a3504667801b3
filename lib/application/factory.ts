import { AtomClient } from '../client/atom-client.js';
import { createContainer } from '../container/container.js';
import type { Override } from '../container/overrides.js';
import { AtomModule } from '../decorators/atom-module.js';
import { BootstrapError } from '../errors.js';
import { compileLexeme, isLexemeType } from '../lexicon/compile.js';
import type { ApplicationDefinition, Class, ModuleReference, Token } from '../metadata/definitions.js';
import { scan } from '../scanner/scan.js';
import { Application } from './application.js';
import { MeshNode, type NodeParts } from './mesh-node.js';
import { type AtomOptions, resolveOptions } from './options.js';
import { systemParts } from './system-parts.js';

/** Injects the application's logger: `@Inject(ATOM_LOGGER) logger: Logger`. */
export const ATOM_LOGGER: Token = Symbol('atom.logger');

/** Starts applications. */
export const AtomFactory = {
  /**
   * Scans the module and binds it; opens nothing.
   * @throws BootstrapError with every mistake that can be found before a socket opens
   */
  create(root: ModuleReference, options: AtomOptions = {}): Application {
    const resolved = resolveOptions(options);
    return assemble(root, systemParts(resolved), new Map());
  },

  /** A client for a script or a gateway that serves nothing; call `close` when done. Resolves when it can be used. */
  async createClient(options: AtomOptions = {}): Promise<AtomClient & { close(): Promise<void> }> {
    const app = await AtomFactory.create(Empty, { shutdownSignals: false, ...options }).listen();
    return Object.assign(app.client, { close: () => app.close() });
  },
} as const;

/** The module of an application that serves nothing. */
export class Empty {}
(AtomModule({}) as (type: Class) => void)(Empty);

/** @throws BootstrapError naming each handler that needs the log, where there is none */
function checkDurable({ services }: ApplicationDefinition): void {
  const problems = services.flatMap(({ type, events }) =>
    events
      .filter(({ durable }) => durable)
      .map(
        ({ method, topic }) =>
          `${type.name}.${method}: it hears '${topic}' durably, which needs Redis: give its URL (option 'discovery.redis', ` +
          'ATOM_REDIS_URL), or write durable: false and hear it live, at most once',
      ),
  );
  if (problems.length > 0) throw new BootstrapError(problems);
}

/** Puts an application together from its parts. */
export function assemble(
  root: ModuleReference,
  parts: NodeParts,
  overrides: ReadonlyMap<Token, Override>,
): Application {
  const builtins: Token[] = [AtomClient, ATOM_LOGGER];
  const definition = scan(root, { builtins, replaced: overrides.keys(), compileLexeme, isLexemeType });
  if (parts.durableLog === undefined) checkDurable(definition);
  return new Application(new MeshNode(parts), definition, (client) =>
    createContainer(definition, {
      builtins: new Map<Token, unknown>([
        [AtomClient, client],
        [ATOM_LOGGER, parts.logger],
      ]),
      overrides,
    }),
  );
}
