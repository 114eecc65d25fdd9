// npm runs a script as npm -> sh -> node, hands on two signals of many, and the shell hands on none. So that a kill of any of
// them ends all, the last one looks whether those above it are still there.
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { readProcess } from './process-table.mjs';

/** How often is looked. */
const LOOK_EVERY_MS = 250;

/** npm gives each script these two; with both alike, a process belongs to the same run (npm's own environment lacks them). */
const MARKS = ['npm_lifecycle_event', 'npm_package_json'];

/**
 * Calls `onGone` once, when npm or a process between npm and this one has ended, at once if that was before the call. Does
 * nothing for a process that npm did not start. Without /proc only the parent is watched.
 */
export function whenNpmIsGone(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const above = processesAbove(parent);
  const timer = setInterval(() => {
    const allThere = above?.every(({ pid, startTicks }) => readProcess(pid)?.startTicks === startTicks) ?? false;
    if (allThere && process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** The processes from the parent up to npm; null when npm had gone before they could be read. */
function processesAbove(parent) {
  const above = [];
  if (readProcess(process.pid) === null) return above;
  for (let pid = parent; ; ) {
    const entry = readProcess(pid);
    if (entry === null) return null;
    above.push({ pid, startTicks: entry.startTicks });
    if (!belongsToThisRun(pid)) return isNpm(pid) ? above : null;
    pid = entry.parent;
  }
}

function belongsToThisRun(pid) {
  try {
    const environment = new Set(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0'));
    return MARKS.every((name) => environment.has(`${name}=${process.env[name]}`));
  } catch {
    return false;
  }
}

/**
 * Whether a process may be the npm of this run, and not the one that a process is given to when its parent has ended. Only the
 * names of the programs are compared: `npm ci` may have moved the very Node that npm runs on.
 */
function isNpm(pid) {
  const expected = process.env.npm_node_execpath;
  if (expected === undefined) return true;
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '') === basename(expected);
  } catch {
    return pid !== 1;
  }
}
