import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Reads which groups run (`+ pid`, `- pid`) until its input ends, and then ends those that are left: the
 * leader is asked, without one the rest, and in the end all are killed. A shell, because it is small: one is kept
 * beside every environment.
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT
groups=
while read -r sign group; do
  kept=
  for one in $groups; do [ "$one" = "$group" ] || kept="$kept $one"; done
  groups=$kept
  [ "$sign" = + ] && groups="$groups $group"
done
for one in $groups; do kill -s TERM "$one" 2>/dev/null; done
asked=
waited=0
while [ "$waited" -lt "$1" ]; do
  sleep 1
  waited=$((waited + 1))
  alive=
  for one in $groups; do
    kill -s 0 -- "-$one" 2>/dev/null || continue
    alive="$alive $one"
    kill -s 0 "$one" 2>/dev/null && continue
    case "$asked " in *" $one "*) continue ;; esac
    asked="$asked $one"
    kill -s TERM -- "-$one" 2>/dev/null
  done
  groups=$alive
  [ -z "$groups" ] && exit 0
done
for one in $groups; do kill -s KILL -- "-$one" 2>/dev/null; done
`;

/**
 * Ends process groups when this process is gone, however it went: a helper process holds the other end of a
 * pipe, and the system closes it even after SIGKILL. Without a POSIX shell (Windows) it does nothing.
 */
export class Reaper {
  private readonly shell: ChildProcess | undefined;

  /** `grace`: ms between SIGTERM and SIGKILL. */
  constructor(grace: number) {
    if (process.platform === 'win32') return;
    const seconds = `${Math.ceil(grace / 1000)}`;
    const shell = spawn('sh', ['-c', SCRIPT, 'atom-reaper', seconds], {
      detached: true, // what ends this process's group must not end it
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.shell = shell;
    shell.on('error', () => undefined);
    shell.stdin.on('error', () => undefined);
    shell.unref();
  }

  watch(leader: number): void {
    this.tell(`+ ${leader}\n`);
  }

  forget(leader: number): void {
    this.tell(`- ${leader}\n`);
  }

  /** Lets the helper go; it ends what it still watches. */
  close(): void {
    this.shell?.stdin?.end();
  }

  private tell(line: string): void {
    if (this.shell?.stdin?.writable) this.shell.stdin.write(line);
  }
}
