import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { atom, ownMesh } from '../support/cli.js';
import { ROOT } from '../support/tree.js';

describe('atom', function () {
  this.timeout(30_000);
  const env = ownMesh();
  const COMMANDS = [
    'start',
    'stop',
    'status',
    'ps',
    'inspect',
    'top',
    'why',
    'request',
    'publish',
    'signal',
    'broadcast',
    'subscribe',
    'introspect',
    'dead-letters',
    'init',
    'startenv',
    'diagnose',
  ];

  it('tells its commands and its exit codes', async () => {
    const { code, stdout, stderr } = await atom(['--help'], env);
    expect(code, stderr).to.equal(0);
    for (const command of COMMANDS) expect(stdout).to.match(new RegExp(`^  ${command} {2,}\\S`, 'm'));
    for (const exit of [0, 1, 2, 3, 130]) expect(stdout).to.match(new RegExp(`^  ${exit} {2,}\\S`, 'm'));
  });

  for (const command of COMMANDS) {
    it(`has examples in the help of ${command}, with the options for every command`, async () => {
      const { code, stdout } = await atom([command, '--help'], env);
      expect(code).to.equal(0);
      expect(stdout).to.include('Examples:').and.include(`$ atom ${command}`);
      for (const option of [
        '--env',
        '--redis',
        '--nucleus',
        '--seeds',
        '--multicast',
        '--json',
        '--timeout',
      ]) {
        expect(stdout).to.include(option);
      }
      expect(stdout).not.to.include('\u001b');
    });
  }

  it('tells the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await atom(['--version'], env)).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('ends with 2 for what it does not know, and says what was meant', async () => {
    const command = await atom(['inspct'], env);
    expect(command.code).to.equal(2);
    expect(command.stderr).to.include("unknown command 'inspct'").and.include('Did you mean inspect?');
    const option = await atom(['ps', '--wid'], env);
    expect(option.code).to.equal(2);
    expect(option.stderr).to.include('--wide');
  });

  it('names a command alone in one style, and sends whoever mistypes it to its help', async () => {
    const help = (await atom(['--help'], env)).stdout;
    for (const command of COMMANDS) expect(help).to.match(new RegExp(`^  ${command} +[a-z]`, 'm'));
    for (const command of COMMANDS) {
      const [usage, description = ''] = (await atom([command, '--help'], env)).stdout.split('\n\n');
      expect(usage).to.include('Usage: ');
      expect(description, command).to.match(/^[A-Z][^]*\.$/);
    }
    const request = await atom(['request'], env);
    expect(request.code).to.equal(2);
    expect(request.stderr).to.include('`atom request --help` tells how to write it.');
    expect((await atom(['dead-letters', 'show'], env)).stderr).to.include('`atom dead-letters show --help`');
    const broadcast = await atom(['broadcast', 'x'], env);
    expect(broadcast.code).to.equal(2);
    expect(broadcast.stderr)
      .to.include("'x' does not name both a service and a topic")
      .and.include("Write it as '@namespace/name:::topic:::{…}'");
  });

  it('ends with 2 for options that the library refuses, naming them', async () => {
    for (const [args, word] of [
      [['ps', '--env', 'a b'], 'ATOM_ENV'],
      [['ps', '--multicast', 'somewhere'], 'ATOM_MULTICAST'],
      [['ps', '--seeds', 'host'], 'ATOM_SEEDS'],
      [['ps', '--redis', 'localhost'], "(ATOM_REDIS_URL) is 'localhost': write it as 'redis://"],
      [['diagnose', '--redis', 'localhost'], 'ATOM_REDIS_URL'],
      [['ps', '--timeout', 'soon'], 'milliseconds'],
    ] as const) {
      const { code, stderr } = await atom(args, env);
      expect(code, stderr).to.equal(2);
      expect(stderr).to.include(word).and.not.include('    at ');
    }
  });

  it('takes the old spellings, and says the new ones', async () => {
    const broadcast = await atom(['-b', '@cli/none:::topic:::{"a":1}'], env);
    expect(broadcast.code).to.equal(3);
    expect(broadcast.stderr).to.include(
      `'-b' is now called 'broadcast': atom broadcast '@cli/none:::topic:::{"a":1}'`,
    );
    const introspect = await atom(['-sii'], env);
    expect(introspect.stderr).to.include("'-sii' is now called 'introspect'").and.include('no terminal');
    expect(introspect.code).to.equal(2);
  });

  it('takes its mesh from options as well as from variables', async () => {
    const { stdout } = await atom(['ps', '--json', '--env', 'another', '--multicast', 'off'], env);
    expect(JSON.parse(stdout)).to.include({ environment: 'another' });
  });

  it('goes on though somebody has its ports', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await atom(['ps'], { ...env, ATOM_PORT: `${port}` });
    server.close();
    expect(code, stderr).to.equal(3);
  });
});
