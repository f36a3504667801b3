import { expect } from 'chai';
import { join } from 'node:path';
import { checkConfig } from '../../../../nucleus/cli/startenv/check-config.js';
import { parseConfig } from '../../../../nucleus/cli/startenv/config-source.js';
import { ConfigError, type ServicePlan } from '../../../../nucleus/cli/startenv/environment.js';
import { writeTree, type Tree } from '../../../support/tree.js';

describe("an environment's file", () => {
  let tree: Tree;
  before(() => {
    tree = writeTree({
      'orders/package.json': '{ "scripts": { "start": "node main.js" } }',
      'empty/package.json': '{}',
    });
  });
  after(() => tree.remove());

  const plans = (text: string, name = 'env.yaml'): readonly ServicePlan[] => {
    const file = join(tree.root, name);
    return checkConfig(parseConfig(file, text), file);
  };
  /** The problems, without the folder in front. */
  const problems = (text: string, name?: string): string[] => {
    try {
      plans(text, name);
    } catch (error) {
      if (error instanceof ConfigError)
        return error.problems.map((line) => line.replaceAll(`${tree.root}/`, ''));
      throw error;
    }
    return [];
  };

  it('names services, and has a default for everything but what to start', () => {
    expect(plans('services:\n  orders:\n    command: node main.js')).to.deep.equal([
      {
        name: 'orders',
        directory: tree.root,
        command: 'node main.js',
        environment: {},
        instances: 1,
        restarts: 'on-failure',
      },
    ]);
  });

  it('says everything of a service, variables of all under its own', () => {
    const text = `
environment: { A: 1, B: all }
services:
  orders:
    directory: orders
    command: [node, main.js, 80, '']
    environment: { B: own, C: true }
    instances: 3
    restarts: always`;
    expect(plans(text)).to.deep.equal([
      {
        name: 'orders',
        directory: join(tree.root, 'orders'),
        command: ['node', 'main.js', '80', ''],
        environment: { A: '1', B: 'own', C: 'true' },
        instances: 3,
        restarts: 'always',
      },
    ]);
  });

  it('is JSON too, with tabs, and with services as a list', () => {
    const text =
      '{\n\t"services": [\n\t\t{ "name": "a", "command": "x" },\n\t\t{ "name": "b", "command": "y" }\n\t]\n}';
    expect(plans(text, 'env.json').map(({ name, command }) => [name, command])).to.deep.equal([
      ['a', 'x'],
      ['b', 'y'],
    ]);
  });

  it('takes npm start where only a directory with such a script is given', () => {
    expect(plans('services: { a: { directory: orders } }')[0]?.command).to.deep.equal([
      'npm',
      'start',
      '--silent',
    ]);
    expect(problems('services: { a: { directory: empty } }')).to.deep.equal([
      "env.yaml:1:13: services.a has no 'command', and empty/package.json has no start script; add either",
    ]);
  });

  it('is refused with all problems at once, each with its place and its mend', () => {
    const text = `enviroment: 3
services:
  a:
    comand: x
    restarts: on-faillure
    instances: 1.5
    dir: orders
  b:
    directory: nowhere
  c: 5
  d:
    command: []
    environment: { X: [1] }
  e: {}`;
    expect(problems(text)).to.deep.equal([
      "env.yaml:1:1: enviroment is unknown (did you mean 'environment'?); known are services, environment",
      "env.yaml:4:5: services.a.comand is unknown (did you mean 'command'?); known are name, directory, command, environment, instances, restarts",
      "env.yaml:7:5: services.a.dir is unknown (did you mean 'directory'?); known are name, directory, command, environment, instances, restarts",
      'env.yaml:6:5: services.a.instances is 1.5; give a whole number from 0 to 1000',
      "env.yaml:5:5: services.a.restarts is 'on-faillure' (did you mean 'on-failure'?); give one of never, on-failure, always",
      "env.yaml:9:5: services.b.directory is 'nowhere', and there is no folder nowhere; paths are counted from the file",
      "env.yaml:10:3: services.c is 5; write 'command:' or 'directory:' below it",
      "env.yaml:12:5: services.d.command is an array; write a line such as 'node main.js', or a list of words",
      'env.yaml:13:20: services.d.environment.X is an array; give text, a number, or true or false',
      "env.yaml:14:3: services.e has neither 'command' nor 'directory'; say what to start",
    ]);
  });

  it('is refused where there is nothing in it, a name is missing or comes twice', () => {
    expect(problems('')).to.deep.equal([
      "env.yaml: it holds null; begin with 'services:' and below it a name for each service",
    ]);
    expect(problems('services: {}')).to.match(/services has no service/);
    expect(
      problems('services:\n- { command: x }\n- { name: a, command: x }\n- { name: a, command: x }'),
    ).to.deep.equal([
      "env.yaml:2:3: services[0] has no 'name'; give it one",
      "env.yaml:4:3: services[2] is the second 'a'; give it another name",
    ]);
  });

  it('is refused with line and column where it is no YAML', () => {
    expect(problems('services:\n  a: { command: [x }').join('\n')).to.match(/^env\.yaml:2:\d+: /);
    expect(problems('services:\n  a: { command: x }\n  a: { command: y }')).to.deep.equal([
      'env.yaml:3:3: Map keys must be unique',
    ]);
  });

  it('is read in the reference form, with its port as a variable', () => {
    const text = `[env:dev]
logs = ./logs

[interface:@shop/orders.v1]
dir = ./orders
port = 8050

[interface:@shop/stock]
command = node "stock.js"
instances = 2
`;
    expect(plans(text, 'config.ini')).to.deep.equal([
      {
        name: '@shop/orders.v1',
        directory: join(tree.root, 'orders'),
        command: ['npm', 'start', '--silent'],
        environment: { ATOM_PORT: '8050' },
        instances: 1,
        restarts: 'on-failure',
      },
      {
        name: '@shop/stock',
        directory: tree.root,
        command: 'node "stock.js"',
        environment: {},
        instances: 2,
        restarts: 'on-failure',
      },
    ]);
    expect(plans(text, 'config').map(({ name }) => name)).to.deep.equal(['@shop/orders.v1', '@shop/stock']);
    expect(problems('[interface:a]\ndir = nowhere', 'config.ini')[0]).to.match(
      /^config\.ini: services\[0\]\.directory/,
    );
  });
});
