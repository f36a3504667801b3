import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Tells one process from another that has its pid later: when it was started, in the system's words. Undefined
 * when there is no such process, or it has ended and only waits to be collected.
 */
export function processMark(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // One of another user may be there, but is none that this one can look after.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  return markOfLinux(pid) ?? markByPs(pid);
}

/** The boot's id and the start's time in clock ticks since. */
function markOfLinux(pid: number): string | undefined {
  try {
    // The name, in brackets, may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

function markByPs(pid: number): string | undefined {
  if (process.platform === 'linux') return undefined;
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
