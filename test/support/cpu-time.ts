/** Milliseconds of this process's own CPU time that `work` takes, the best of some runs: other processes do not count. */
export function cpuMs(work: () => void, runs = 3): number {
  return Math.min(
    ...Array.from({ length: runs }, () => {
      const before = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    }),
  );
}

/** What `work` comes to, and the longest it kept this thread from others, in milliseconds of the thread's own CPU time. */
export async function held<Result>(work: () => Promise<Result>): Promise<{ longestMs: number; result: Result }> {
  let longestMs = 0;
  let lastMs = threadCpuMs();
  let isWorking = true;
  const watch = () => {
    const nowMs = threadCpuMs();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    if (isWorking) setImmediate(watch);
  };
  setImmediate(watch);
  const result = await work();
  isWorking = false;
  return { longestMs, result };
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
