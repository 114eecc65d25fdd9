// What the machine tells of other processes. Plain JavaScript: the set-up needs it on whatever Node there is.
import { readFileSync } from 'node:fs';

/**
 * What Linux tells of a process: the id of its parent, and when it was started in ticks since the machine was, which tells it
 * from a later one with the same id. Null when it has ended (one that nobody waited for has, too), and where nothing is told.
 */
export function readProcess(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in brackets and may have anything in it.
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? null : { parent: Number(parent), startTicks: Number(rest[17]) };
  } catch {
    return null;
  }
}

/** Whether a process with this id is there; the fallback where `readProcess` is told nothing. */
export function isThere(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
