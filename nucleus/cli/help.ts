import { Help, type Command } from 'commander';
import { stripVTControlCharacters } from 'node:util';
import { paint } from './output.js';

/** How every help looks. */
export const HELP: Partial<Help> = {
  showGlobalOptions: true,
  sortSubcommands: false,
  styleTitle: (title) => paint('bold', title),
  // `atom help <command>` works, and goes without saying.
  visibleCommands: (command) =>
    Help.prototype.visibleCommands.call(new Help(), command).filter((one) => one.name() !== 'help'),
  subcommandTerm: (command) => command.name(),
  formatHelp: (command, helper) => arranged(command, Help.prototype.formatHelp.call(helper, command, helper)),
};

/** Of the program as a whole the commands come before the options; of one command there are none. */
function arranged(command: Command, text: string): string {
  const [usage = '', description = '', ...sections] = text.trimEnd().split('\n\n');
  const groups = new Set(command.commands.map((one) => one.helpGroup() || 'Commands:'));
  const lists = (section: string): boolean =>
    groups.has(stripVTControlCharacters(section.split('\n')[0] ?? ''));
  const ordered = [...sections.filter(lists), ...sections.filter((section) => !lists(section))];
  return `${[usage, description, ...ordered].join('\n\n')}\n`;
}

/** What the help of the program ends with. */
export const EPILOGUE = `
Examples:
  $ atom ps                                     what runs
  $ atom inspect @shop/stock                    what a service offers and takes
  $ atom request @shop/stock reserve '{"sku":"tea","quantity":2}'
  $ atom subscribe 'order.>'                    events as they come
  $ atom <command> --help                       more of each command, with examples

Exit codes:
  0    done
  1    the mesh said no: the request failed, something is wrong
  2    the command line is wrong
  3    nobody is there, or nobody answered in time
  130  Ctrl-C

Data goes to standard output, all else to standard error. Colour is for terminals only; NO_COLOR turns it off.
`;
