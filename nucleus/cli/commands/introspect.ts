import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { GlobalOptions } from '../global-options.js';
import { fail } from '../output.js';

const EXAMPLES = `
Examples:
  $ atom introspect
  $ atom introspect --env staging --timeout 2000

Pick a service, then an operation or a topic. It asks for each field of the message as the service's lexeme
describes it, checks what is typed, shows the message, sends it and shows the answer. Ctrl-C leaves at any time.
`;

export function registerIntrospect(program: Command): void {
  program
    .command('introspect')
    .summary('pick a service and send it something, step by step')
    .description('Asks which service, which operation and what message, and sends it.')
    .addHelpText('after', EXAMPLES)
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      if (!process.stdin.isTTY || !process.stdout.isTTY) {
        fail(
          'introspect asks questions, and this is no terminal',
          'In a script: `atom inspect <service> --json` and `atom request <service> <operation> <json>`.',
          EXIT.USAGE,
        );
      }
      const { withMesh } = await import('../mesh.js');
      const { introspect } = await import('../introspection.js');
      await withMesh(options, {}, async (mesh) => {
        await mesh.quiet();
        await introspect(mesh, options.timeout);
      });
    });
}
