import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { isRunning } from './is-running.js';

/** A machine of its own as far as the network is concerned. */
export interface Host {
  readonly address: string;
  /** What a command begins with that is to run on it; empty where it is but an address of the loopback. */
  readonly prefix: readonly string[];
  /** Starts a program on it. */
  readonly run: (command: string, args: readonly string[], env: NodeJS.ProcessEnv) => ChildProcess;
}

/** Hosts on one switch that carries multicast. */
export interface Hosts {
  readonly hosts: readonly Host[];
  /** What they are, for the record. */
  readonly kind: string;
  /** Whether their links can be cut: false on the loopback. */
  readonly apart: boolean;
  /** Unplugs a host, with no sign to it or to the others; false: plugs it in again. */
  cut(host: Host, cut: boolean): void;
  /** Drops what matches an iptables rule, such as `['INPUT', '-i', 'eth0']`, on a host; false: no more. */
  drop(host: Host, rule: readonly [chain: string, ...match: string[]], drop: boolean): void;
  close(): void;
}

/** Two of them. */
export interface TwoHosts extends Hosts {
  readonly hosts: readonly [Host, Host];
}

/** Begins the name of each namespace, followed by the id of the process that made it. */
const PREFIX = 'atomspec';
const BRIDGE = 'switch';
let made = 0;

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });
const ip = (...args: string[]): string => run('ip', ...args);

export function twoHosts(): TwoHosts {
  return makeHosts(2) as TwoHosts;
}

/**
 * Network namespaces joined by a bridge, which is in one of its own so that the machine itself sees no interface
 * of theirs; where the system allows none, addresses of the loopback.
 */
export function makeHosts(count: number): Hosts {
  removeLeftOvers();
  const name = `${PREFIX}-${process.pid}-${++made}`;
  const middle = `${name}-${BRIDGE}`;
  try {
    ip('netns', 'add', middle);
  } catch (error) {
    return loopbackHosts(count, error instanceof Error ? error.message.trim() : String(error));
  }
  const names = Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);
  const close = (): void => {
    for (const name of [...names, middle]) remove(name);
  };
  try {
    ip('-n', middle, 'link', 'add', BRIDGE, 'type', 'bridge', 'mcast_snooping', '0');
    ip('-n', middle, 'link', 'set', BRIDGE, 'up');
    const hosts = names.map((name, at) => {
      const address = `10.66.0.${at + 1}`;
      const port = portOf(at);
      ip('netns', 'add', name);
      ip('-n', name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', port, 'netns', middle);
      ip('-n', middle, 'link', 'set', port, 'master', BRIDGE, 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
      ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
      ip('-n', name, 'route', 'add', '224.0.0.0/4', 'dev', 'eth0');
      return host(address, ['ip', 'netns', 'exec', name]);
    });
    return {
      hosts,
      kind: `${count === 2 ? 'two' : count} network namespaces`,
      apart: true,
      cut(host, cut) {
        const port = portOf(hosts.indexOf(host));
        ip('-n', middle, 'link', 'set', port, ...(cut ? ['nomaster'] : ['master', BRIDGE]));
      },
      drop(host, rule, drop) {
        ip(...host.prefix.slice(1), 'iptables', drop ? '-A' : '-D', ...rule, '-j', 'DROP');
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

const portOf = (at: number): string => `port${at + 1}`;

function loopbackHosts(count: number, why: string): Hosts {
  const no = (): never => {
    throw new Error('the loopback cannot be cut');
  };
  return {
    hosts: Array.from({ length: count }, (_, at) => host(`127.0.0.${at + 2}`, [])),
    kind: `${count === 2 ? 'two' : count} loopback addresses, as network namespaces need root and iproute2 (${why})`,
    apart: false,
    cut: no,
    drop: no,
    close() {},
  };
}

function host(address: string, prefix: readonly string[]): Host {
  return {
    address,
    prefix,
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

function remove(name: string): void {
  try {
    ip('netns', 'del', name);
  } catch {
    // It was never made.
  }
}
