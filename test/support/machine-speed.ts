/** Of the work below on the machine that the bounds of time were set on, two cores of an AMD EPYC alone, in milliseconds. */
const REFERENCE_MS = 30;
const RUNS = 5;

const text = JSON.stringify(
  Array.from({ length: 20_000 }, (_, at) => ({ id: `node-${at}`, at, text: `a line of some words, number ${at}` })),
);

/**
 * How many times as long this machine takes now for work like that of a request (JSON read, objects walked, texts joined and
 * taken apart), in time of this thread; 1 where it is no slower. A bound in milliseconds says nothing of a program on a machine
 * that is three times as slow, or whose cores are shared with others.
 */
export function slowness(): number {
  const times = Array.from({ length: RUNS }, workMs).sort((one, other) => one - other);
  return Math.max(1, (times[Math.floor(RUNS / 2)] as number) / REFERENCE_MS);
}

function workMs(): number {
  const before = process.threadCpuUsage();
  for (let run = 0; run < 3; run++) {
    const nodes = JSON.parse(text) as readonly { readonly id: string; readonly text: string }[];
    if (
      nodes
        .map((node) => node.id + node.text)
        .join('')
        .split(' ').length < nodes.length
    )
      throw new Error('no work');
  }
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
