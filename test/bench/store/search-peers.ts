import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { whyNoEmbedder } from '../../support/embedder-weights.ts';
import type { BenchRow } from '../row.ts';
import { BY_MEANING, type PeerFigures, QUERIES, SEARCHERS } from './search-process.ts';

const GOAL_RATIO = 0.5;
const GOAL_RATIO_BY_MEANING = 1;

/** Search of 2M tokens by words beside other libraries, each in a process of its own on the same texts, one after the other. */
export async function run(): Promise<readonly BenchRow[]> {
  const figures = new Map<string, PeerFigures>();
  const names = Object.keys(SEARCHERS).filter((name) => name !== BY_MEANING || whyNoEmbedder() === null);
  for (const name of names) figures.set(name, await measured(name));
  const ours = figures.get('ours') as PeerFigures;
  const peers = [...figures].filter(([name]) => name !== 'ours' && name !== BY_MEANING);
  const row = (what: string, unit: string, of: (one: PeerFigures) => number, goal: number | null): BenchRow => {
    const [best, figure] = peers.toSorted(([, one], [, other]) => of(one) - of(other))[0] as [string, PeerFigures];
    const ratio = of(ours) / of(figure);
    return {
      ...{
        name: `search of 2M tokens by words: ${what}, beside the best of them`,
        ours: of(ours),
        peer: of(figure),
        unit,
        ratio,
      },
      ...{ goal: goal === null ? '-' : `<= ${goal}`, met: goal === null || ratio <= goal },
      note: `best: ${best}; ${peers.map(([name, one]) => `${name} ${of(one).toPrecision(3)}`).join(', ')} ${unit}`,
    };
  };
  const byMeaning = figures.get(BY_MEANING);
  return [
    ...(byMeaning === undefined ? [] : [besideWords(byMeaning, ours, peers)]),
    row('p50', 'ms', ({ p50Ms }) => p50Ms, null),
    row('p95', 'ms', ({ p95Ms }) => p95Ms, GOAL_RATIO),
    worstQuery(ours, peers),
    row('time to index', 's', ({ indexSeconds }) => indexSeconds, null),
    row('memory of the index', 'MB', ({ memoryMegabytes }) => memoryMegabytes, null),
  ];
}

/** Our search by words and meaning beside the fastest of the others, which search by words alone. */
function besideWords(
  byMeaning: PeerFigures,
  byWords: PeerFigures,
  peers: readonly (readonly [string, PeerFigures])[],
): BenchRow {
  const [best, peer] = peers
    .map(([name, { p95Ms }]) => [name, p95Ms] as const)
    .reduce((one, other) => (other[1] < one[1] ? other : one));
  const ratio = byMeaning.p95Ms / peer;
  return {
    ...{ name: 'search of 2M tokens by words and meaning: p95, beside the best by words', ours: byMeaning.p95Ms, peer },
    ...{ unit: 'ms', ratio, goal: `<= ${GOAL_RATIO_BY_MEANING}`, met: ratio <= GOAL_RATIO_BY_MEANING },
    note: `best: ${best}; median ${byMeaning.p50Ms.toFixed(1)} ms; each question is embedded, each time; ours by words alone ${byWords.p95Ms.toPrecision(3)} ms`,
  };
}

/** The query that ours is slowest with beside the best of them. */
function worstQuery(ours: PeerFigures, peers: readonly (readonly [string, PeerFigures])[]): BenchRow {
  const compared = QUERIES.map((query, at) => {
    const [name, best] = peers
      .map(([name, { mediansMs }]) => [name, mediansMs[at] as number] as const)
      .reduce((one, other) => (other[1] < one[1] ? other : one));
    const ms = ours.mediansMs[at] as number;
    return { query, name, ms, best, ratio: ms / best };
  });
  const { query, name, ms, best, ratio } = compared.reduce((one, other) => (other.ratio > one.ratio ? other : one));
  return {
    name: 'search of 2M tokens by words: median of the query that is slowest beside the best of them',
    ...{ ours: ms, peer: best, unit: 'ms', ratio, goal: '-', met: true },
    note: `best: ${name}; "${query}", one of ${QUERIES.length}`,
  };
}

async function measured(name: string): Promise<PeerFigures> {
  const child = fork(join(import.meta.dirname, 'search-process.ts'), [name], { execArgv: ['--expose-gc'] });
  const exited = once(child, 'exit');
  const told = once(child, 'message');
  const [figures] = await Promise.race([told, exited.then(() => Promise.reject(new Error(`${name} has ended`)))]);
  await exited;
  const { hits } = figures as PeerFigures;
  if (hits < QUERIES.length) throw new Error(`${name} found something for ${hits} of ${QUERIES.length} queries`);
  return figures as PeerFigures;
}
