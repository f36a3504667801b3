import { Command } from 'commander';
import { registerDiagnose } from './commands/diagnose.js';
import { registerInit } from './commands/init.js';
import { registerStartenv } from './commands/startenv.js';
import { registerDeadLetters } from './commands/dead-letters.js';
import { registerInspect } from './commands/inspect.js';
import { registerIntrospect } from './commands/introspect.js';
import { registerPs } from './commands/ps.js';
import { registerBroadcast } from './commands/broadcast.js';
import { registerPublish } from './commands/publish.js';
import { registerRequest } from './commands/request.js';
import { registerSignal } from './commands/signal.js';
import { registerStart } from './commands/start.js';
import { registerStatus } from './commands/status.js';
import { registerStop } from './commands/stop.js';
import { registerSubscribe } from './commands/subscribe.js';
import { registerTop } from './commands/top.js';
import { registerWhy } from './commands/why.js';
import { addGlobalOptions } from './global-options.js';
import { EPILOGUE, HELP } from './help.js';
import { ownManifest } from './package-info.js';

/*
 * A command's file is loaded whenever `atom` starts, for the help: what it needs to do its work it imports in
 * its action.
 */
const GROUPS: Readonly<Record<string, readonly ((program: Command) => void)[]>> = {
  'The nucleus:': [registerStart, registerStop, registerStatus],
  'Look:': [registerPs, registerInspect, registerTop, registerWhy],
  'Send and hear:': [
    registerRequest,
    registerPublish,
    registerSignal,
    registerBroadcast,
    registerSubscribe,
    registerIntrospect,
    registerDeadLetters,
  ],
  'Projects:': [registerInit, registerStartenv, registerDiagnose],
};

/** The command line, with every command. */
export function createProgram(): Command {
  const program = new Command('atom');
  program
    .description('Looks at a mesh of atomjs services, talks to them, and starts what they need.')
    .usage('<command> [options]')
    .version(ownManifest().version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help; also for each command')
    .helpCommand('help [command]', 'print help for a command')
    .configureHelp(HELP)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, 'atom:')) })
    .showHelpAfterError('`atom --help` lists the commands, `atom <command> --help` tells of one.')
    .exitOverride()
    .addHelpText('after', EPILOGUE);
  addGlobalOptions(program);
  for (const [group, commands] of Object.entries(GROUPS)) {
    program.commandsGroup(group);
    for (const register of commands) register(program);
  }
  for (const command of program.commands) pointToHelp(command, 'atom');
  return program;
}

/** Whoever mistypes a command is sent to the help of that one. */
function pointToHelp(command: Command, above: string): void {
  const name = `${above} ${command.name()}`;
  command.showHelpAfterError(`\`${name} --help\` tells how to write it.`);
  for (const below of command.commands) pointToHelp(below, name);
}
