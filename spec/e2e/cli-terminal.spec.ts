import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Application } from '../../lib/index.js';
import { ATOM, ownMesh } from '../support/cli.js';
import { endServices, startServices } from '../support/cli-services.js';
import { closeTerminals, TmuxTerminal } from '../support/tmux.js';

describe('atom, on a terminal', function () {
  this.timeout(60_000);
  const env = { ...ownMesh(), NO_COLOR: '' };
  let apps: readonly Application[] = [];
  before(async () => (apps = await startServices(env, 2)));
  after(() => endServices(apps));
  afterEach(closeTerminals);
  const atom = (args: string): string => `${process.execPath} ${ATOM} ${args}`;

  it('is coloured, and not with NO_COLOR', async () => {
    const terminal = new TmuxTerminal({ env });
    terminal.run(atom('ps'));
    await terminal.shows(/told by discovery/);
    expect(terminal.screen({ coloured: true })).to.match(/\u001b\[32malive/);
    terminal.run(`clear; NO_COLOR=1 ${atom('ps')}`);
    await terminal.shows(/told by discovery/);
    expect(terminal.screen({ coloured: true })).not.to.match(/\u001b\[32m/);
  });

  it('tells what it waits for, and takes that line away', async () => {
    const terminal = new TmuxTerminal({ env });
    terminal.run(atom('top --once --interval 2000'));
    await terminal.shows(/measuring \(\d+\.\d s\)/);
    expect(await terminal.shows(/@cli\/stock +reserve/)).not.to.include('measuring');
    const silent = createServer().unref();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    terminal.run(atom(`dead-letters list --redis redis://127.0.0.1:${port}`));
    await terminal.shows(/asking Redis \(\d+\.\d s\)/);
    terminal.press('C-c');
    silent.close();
  });

  describe('top', () => {
    it('shows the traffic, sorts, filters, follows the size, and gives the screen back', async () => {
      const terminal = new TmuxTerminal({ env });
      terminal.run(`echo what was there; ${atom('top')}`);
      const screen = await terminal.shows(/@cli\/stock +reserve +2/);
      expect(screen).to.include('@cli/orders').and.include('q quit').and.not.include('what was there');
      terminal.press('s');
      await terminal.shows(/sort by: errors/);
      terminal.type('/ping');
      await terminal.shows(/filter: ping█/);
      terminal.press('Enter');
      await terminal.shows(/@cli\/orders/);
      expect(terminal.screen()).not.to.include('@cli/stock');
      terminal.press('Escape');
      await terminal.shows(/@cli\/stock/);
      terminal.resize(60, 12);
      await terminal.shows(/…\n/);
      expect(terminal.screen().split('\n')).to.have.lengthOf.at.most(12);
      terminal.press('q');
      await terminal.shows(/what was there/);
      terminal.run('echo code=$?');
      await terminal.shows(/code=0/);
      expect(terminal.screen()).not.to.include('q quit');
    });

    it('gives the screen back on Ctrl-C and on SIGTERM', async () => {
      const terminal = new TmuxTerminal({ env });
      terminal.run(`echo what was there; ${atom('top')}`);
      await terminal.shows(/q quit/);
      terminal.press('C-c');
      await terminal.shows(/what was there/);
      terminal.run('echo code=$?');
      await terminal.shows(/code=130/);
      const file = join(mkdtempSync(join(tmpdir(), 'atom-cli-')), 'pid');
      terminal.run(`clear; echo once more; sh -c 'echo $$ > ${file}; exec ${atom('top')}'`);
      await terminal.shows(/q quit/);
      process.kill(Number(readFileSync(file, 'utf8')), 'SIGTERM');
      rmSync(dirname(file), { recursive: true });
      await terminal.shows(/once more/);
      terminal.run('stty -a | grep -o " echo " && echo echoes');
      await terminal.shows(/echoes/);
    });
  });

  describe('init', () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'atom-cli-'))));
    afterEach(() => rmSync(folder, { recursive: true }));

    it('asks for a name that can be one, and for what it is for', async () => {
      const terminal = new TmuxTerminal({ env, height: 45 });
      terminal.run(`cd ${folder}; clear; ${atom('init')}`);
      await terminal.shows(/Name of the project: \(demo\)/);
      terminal.type('My Shop');
      terminal.press('Enter');
      await terminal.shows(/use lower-case letters.*'my-shop'/);
      terminal.press('C-u');
      terminal.type('@shop/orders');
      terminal.press('Enter');
      await terminal.shows(/What is it for\? \(A service that greets\.\)/);
      terminal.type('Takes orders.');
      terminal.press('Enter');
      const made = await terminal.shows(/Made @shop\/orders in orders:[^]*npm run dev/);
      expect(made).to.include('orders/package.json').and.include('cd orders');
      const manifest: unknown = JSON.parse(readFileSync(join(folder, 'orders/package.json'), 'utf8'));
      expect(manifest).to.include({ name: '@shop/orders', description: 'Takes orders.' });
    });

    it('takes what is proposed by Enter, asks for nothing that was given, and makes nothing on Ctrl-C', async () => {
      const terminal = new TmuxTerminal({ env, height: 45 });
      terminal.run(`cd ${folder}; clear; ${atom('init')}`);
      await terminal.shows(/Name of the project:/);
      terminal.press('C-c');
      await terminal.shows(/\$ *$/);
      terminal.run('echo code=$?');
      await terminal.shows(/code=130/);
      terminal.run(`clear; ls | wc -l; ${atom('init greeter')}`);
      const asked = await terminal.shows(/^0\n[^]*What is it for\?/m);
      expect(asked).not.to.include('Name of the project');
      terminal.press('Enter');
      await terminal.shows(/Made greeter in greeter:/);
      const manifest: unknown = JSON.parse(readFileSync(join(folder, 'greeter/package.json'), 'utf8'));
      expect(manifest).to.include({ description: 'A service that greets.' });
    });
  });

  describe('introspect', () => {
    it('asks for service, operation and each field, checks, sends, and shows the answer', async () => {
      const terminal = new TmuxTerminal({ env, height: 45 });
      terminal.run(atom('introspect'));
      await terminal.shows(/\? Service/);
      terminal.press('Down', 'Enter');
      await terminal.shows(/\? Operation or topic/);
      terminal.type('res');
      await terminal.shows(/❯ reserve/);
      terminal.press('Enter');
      await terminal.shows(/\? sku \(string, at least 1 characters\)/);
      terminal.press('Enter');
      await terminal.shows(/Give at least 1 characters/);
      terminal.type('tea');
      terminal.press('Enter');
      await terminal.shows(/\? quantity \(integer, > 0\)/);
      terminal.type('1.5');
      terminal.press('Enter');
      await terminal.shows(/Give a whole number/);
      terminal.press('C-u');
      terminal.type('3');
      terminal.press('Enter');
      await terminal.shows(/\? size/);
      terminal.type('"large');
      await terminal.shows(/❯ "large"/);
      terminal.press('Enter');
      await terminal.shows(/\? gift/);
      terminal.press('Enter');
      await terminal.shows(/address: give it\?/);
      terminal.type('y');
      terminal.press('Enter');
      await terminal.shows(/\? address\.city/);
      terminal.type('Ulm');
      terminal.press('Enter');
      await terminal.shows(/\? tags\[0\]/);
      terminal.type('fresh');
      terminal.press('Enter');
      await terminal.shows(/tags: another item\?/);
      terminal.press('Enter');
      const asked = await terminal.shows(/Send this request/);
      expect(asked).to.include('"size": "large"').and.include('"city": "Ulm"').and.include('"fresh"');
      expect(asked).not.to.include('"gift"');
      terminal.press('Enter');
      await terminal.shows(/answered in/);
      await terminal.shows(/"reserved": 3/);
      await terminal.shows(/And now\?/);
      terminal.type('leave');
      await terminal.shows(/❯ leave/);
      terminal.press('Enter');
      await terminal.shows(/\$ *$/);
      terminal.run('echo code=$?');
      await terminal.shows(/code=0/);
    });

    it('ends with 130 on Ctrl-C', async () => {
      const terminal = new TmuxTerminal({ env });
      terminal.run(atom('introspect'));
      await terminal.shows(/\? Service/);
      terminal.press('C-c');
      await terminal.shows(/\$ *$/);
      terminal.run('echo code=$?');
      await terminal.shows(/code=130/);
    });
  });
});
