import { readdir, readFile, readlink } from 'node:fs/promises';

const LISTENING = '0A';

/** `node (pid 123)`: who listens on a TCP port of this machine; undefined where the system does not tell (not Linux, another user's). */
export async function holderOf(port: number): Promise<string | undefined> {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1);
    for (const line of lines) {
      const fields = line.trim().split(/\s+/);
      const [, local = '', , state] = fields;
      if (state === LISTENING && parseInt(local.slice(local.indexOf(':') + 1), 16) === port) {
        inodes.add(`socket:[${fields[9]}]`);
      }
    }
  }
  if (inodes.size === 0) return undefined;
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of processes) {
    const open = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = await Promise.all(open.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    if (!links.some((link) => inodes.has(link))) continue;
    const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'process')).trim();
    return `${name} (pid ${pid})`;
  }
  return undefined;
}
