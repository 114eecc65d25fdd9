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
