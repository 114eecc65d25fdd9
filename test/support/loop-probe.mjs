// Loaded into a process by `--import`: writes down how long its event loop was blocked by work of its own, in the file
// `<SUPERCONTEXT_LOOP_PROBE>/<pid>`. The time of the thread counts, not that of the clock: on a machine that is busy a process
// also waits for its turn, which says nothing about it.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const TICK_MS = 5;
const REPORTED_MS = 25;

const folder = process.env.SUPERCONTEXT_LOOP_PROBE;
if (isMainThread && folder !== undefined) {
  const busyMs = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let before = busyMs();
  setInterval(() => {
    const now = busyMs();
    if (now - before >= REPORTED_MS)
      appendFileSync(join(folder, String(process.pid)), `${Date.now()} ${(now - before).toFixed(1)}\n`);
    before = now;
  }, TICK_MS).unref();
}
