import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';

/** A machine of its own as far as the network is concerned. */
export interface Host {
  readonly address: string;
  /** Starts a program on it. */
  readonly run: (command: string, args: readonly string[], env: NodeJS.ProcessEnv) => ChildProcess;
}

/** Two hosts on one link that carries multicast. */
export interface TwoHosts {
  readonly hosts: readonly [Host, Host];
  /** What they are, for the record. */
  readonly kind: string;
  close(): void;
}

/** Begins the name of each namespace, followed by the id of the process that made it. */
const PREFIX = 'atomspec';

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' });

/** Network namespaces joined by a pair of interfaces; where the system allows none, two addresses of the loopback. */
export function twoHosts(): TwoHosts {
  removeLeftOvers();
  const names = [`${PREFIX}-${process.pid}-a`, `${PREFIX}-${process.pid}-b`] as const;
  try {
    ip('netns', 'add', names[0]);
  } catch (error) {
    return loopbackHosts(error instanceof Error ? error.message.trim() : String(error));
  }
  const close = (): void => {
    for (const name of names) remove(name);
  };
  try {
    ip('netns', 'add', names[1]);
    // Made inside, so that the machine itself sees no interface of theirs.
    ip('-n', names[0], 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', names[1]);
    const hosts = names.map((name, at) => {
      const address = `10.66.0.${at + 1}`;
      ip('-n', name, 'link', 'set', 'lo', 'up');
      ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
      ip('-n', name, 'route', 'add', '224.0.0.0/4', 'dev', 'eth0');
      return host(address, ['ip', 'netns', 'exec', name]);
    });
    return { hosts: hosts as [Host, Host], kind: 'two network namespaces', close };
  } catch (error) {
    close();
    throw error;
  }
}

function loopbackHosts(why: string): TwoHosts {
  const hosts: [Host, Host] = [host('127.0.0.2', []), host('127.0.0.3', [])];
  return {
    hosts,
    kind: `two loopback addresses, as network namespaces need root and iproute2 (${why})`,
    close() {},
  };
}

function host(address: string, prefix: readonly string[]): Host {
  return {
    address,
    run(command, args, env) {
      const [first, ...rest] = [...prefix, command, ...args];
      return spawn(first!, rest, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
    },
  };
}

/** Those of a run that was killed: their process is gone. */
function removeLeftOvers(): void {
  let names: string[] = [];
  try {
    names = readdirSync('/run/netns');
  } catch {
    return;
  }
  for (const name of names) {
    const maker = new RegExp(`^${PREFIX}-(\\d+)-`).exec(name)?.[1];
    if (maker !== undefined && !isRunning(Number(maker))) remove(name);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function remove(name: string): void {
  try {
    ip('netns', 'del', name);
  } catch {
    // It was never made.
  }
}
