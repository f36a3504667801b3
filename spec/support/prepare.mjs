/**
 * Makes a checkout ready to run: npm packages, the build and, with `--test`, the programs that specs start.
 * Plain JavaScript, and nothing but Node: it runs on a fresh clone, before anything is installed or built.
 * It says nothing when there is nothing to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from './build.mjs';

const ROOT = resolve(import.meta.dirname, '../..');

/** What specs start, and Debian's package of it. */
const PROGRAMS = [
  { command: ['redis-server', '--version'], package: 'redis-server', what: 'a real Redis for the specs' },
  { command: ['openssl', 'version'], package: 'openssl', what: 'certificates for a Redis with TLS' },
  { command: ['ip', '-V'], package: 'iproute2', what: 'hosts in network namespaces', linux: true },
  { command: ['iptables', '--version'], package: 'iptables', what: 'cut and lossy links', linux: true },
  { command: ['chromium', '--version'], package: 'chromium', what: 'a browser for the dashboard' },
  { command: ['tmux', '-V'], package: 'tmux', what: 'a terminal for what is interactive' },
];

class Failure extends Error {}

const say = (text) => process.stderr.write(`prepare: ${text}\n`);
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Runs a program in the checkout with its output shown. */
function run(command, args, env = {}) {
  const result = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  if (result.error) say(`${command}: ${result.error.message}`);
  return result.status === 0;
}

const works = ([command, ...args]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/**
 * Why the packages have to be installed; undefined when they need not. npm leaves in `node_modules` a lock
 * file of what it put there, written last, so it is the stamp.
 */
function whyInstall() {
  const stampPath = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(stampPath)) return 'no packages are installed';
  const lock = readJson(join(ROOT, 'package-lock.json')).packages;
  const installed = readJson(stampPath).packages;
  const wanted = readJson(join(ROOT, 'package.json'));
  for (const kind of ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']) {
    if (JSON.stringify(wanted[kind] ?? {}) !== JSON.stringify(lock[''][kind] ?? {})) {
      return `package.json and package-lock.json differ in ${kind}`;
    }
  }
  for (const [path, { version, integrity, optional }] of Object.entries(lock)) {
    if (path === '' || (optional && !installed[path])) continue;
    if (installed[path]?.version !== version || installed[path]?.integrity !== integrity) {
      return `${path} is not what package-lock.json names`;
    }
    if (!existsSync(join(ROOT, path, 'package.json'))) return `${path} is missing`;
  }
  return undefined;
}

function installPackages() {
  const reason = whyInstall();
  if (!reason) return;
  say(`installing npm packages (${reason})`);
  // Only errors are shown: that install scripts are withheld is a warning, and zeromq ships its addon built.
  const args = ['ci', '--include=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  if (!run('npm', args)) {
    throw new Failure(
      'npm ci failed (above). If package.json was changed, run "npm install" and commit package-lock.json; ' +
        'if a download failed, check the registry with "npm ping" and run this again.',
    );
  }
  const left = whyInstall();
  if (left) throw new Failure(`npm ci went through and yet ${left}: remove node_modules and run this again.`);
}

function installPrograms() {
  const missing = () =>
    PROGRAMS.filter(({ linux, command }) => !(linux && process.platform !== 'linux') && !works(command));
  const wanted = missing();
  if (wanted.length === 0) return;
  const names = wanted.map((program) => program.package);
  const canInstall = process.getuid?.() === 0 && works(['apt-get', '--version']);
  if (canInstall) {
    say(`installing ${names.join(', ')}`);
    // At run level 1 nothing that is installed is started: specs start their own servers.
    const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    const quiet = ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];
    run('apt-get', [...quiet, 'update'], env);
    run('apt-get', [...quiet, 'install', '-y', '--no-install-recommends', ...names], env);
  }
  const left = missing();
  if (left.length > 0) {
    const list = left.map((program) => `${program.package} (${program.what})`).join(', ');
    const command = `apt-get install ${left.map((program) => program.package).join(' ')}`;
    throw new Failure(
      canInstall
        ? `apt-get did not bring a working ${list}; its output is above.`
        : `not installed: ${list}. On Debian or Ubuntu: sudo ${command}`,
    );
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs `work` while no other run prepares this checkout. A lock whose owner has died is taken over. */
async function alone(work) {
  const lock = join(ROOT, '.tmp/prepare.lock');
  mkdirSync(join(ROOT, '.tmp'), { recursive: true });
  for (let waited = 0; ; waited++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
    // An empty lock belongs to somebody who is about to write his id.
    if (owner > 0 ? !isAlive(owner) : waited > 20) rmSync(lock, { force: true });
    else if (waited === 10) say(`waiting for process ${owner}, which prepares this checkout`);
    await sleep(100);
  }
  process.once('exit', () => rmSync(lock, { force: true }));
  work();
}

try {
  await alone(() => {
    installPackages();
    if (!build()) throw new Failure('the type check failed (above).');
    if (process.argv.includes('--test')) installPrograms();
  });
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  say(error.message);
  process.exitCode = 1;
}
