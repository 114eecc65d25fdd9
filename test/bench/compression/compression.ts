import { join } from 'node:path';
import { extract } from '@supercontext/compression/method/extract.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import type { BenchRow } from '../row.ts';
import { answeringLeaves, answersKept } from './answers.ts';
import { coverage, type HeadedDocument, headedDocuments } from './documents.ts';
import { growTree } from './grow-tree.ts';
import { levels } from './levels.ts';
import { npmTextrank } from './npm-textrank.ts';
import { lexrank, textrank } from './textrank.ts';

const CORPUS_BYTES = 24 * 1024 * 1024;
const DOCUMENTS = 80;
const RATIO = 10;
const GOAL_COVERAGE_RATIO = 1.8;
const GOAL_SPEED_RATIO = 20;
const GOAL_MB_PER_SECOND = 4;
/** Over all documents: a worker goes on for as long as there is text, and the first second is the compiler's. */
const ROUNDS = 7;
const INSTALLED = join(import.meta.dirname, '../../../node_modules');
const TREE_TOKENS = 2_000_000;
const GOAL_TREE_SECONDS = 10;

/** Each shortens a text to so many characters. */
const PEERS: Readonly<Record<string, (text: string, budgetCharacters: number) => string>> = {
  'TextRank of its paper': textrank,
  'LexRank of its paper': lexrank,
  "npm's ts-textrank": npmTextrank,
};
const PEER_ROUNDS = 3;

/** What a tenth of a text still says, beside TextRank and LexRank at the same length; how fast; and a whole session's tree. */
export async function run(): Promise<readonly BenchRow[]> {
  const documents = headedDocuments(CORPUS_BYTES, DOCUMENTS);
  const tokens = new Map(documents.flatMap(({ leaves }) => leaves).map((leaf) => [leaf, countTokens(leaf)]));
  const summarize = (leaf: string) => extract([leaf], Math.round((tokens.get(leaf) ?? 0) / RATIO)).text;
  measure(documents.slice(0, 10), summarize);
  const rounds = Array.from({ length: ROUNDS }, () => measure(documents, summarize));
  const ours = middle(rounds);
  const peers = Object.entries(PEERS).map(([name, shorten]): readonly [string, Measured] => {
    const rank = (leaf: string) => shorten(leaf, leaf.length / RATIO);
    measure(documents.slice(0, 10), rank);
    return [name, middle(Array.from({ length: PEER_ROUNDS }, () => measure(documents, rank)))];
  });
  const tree = await growTree(TREE_TOKENS);
  return [
    ...answerRows(),
    ...peers.map(([name, peer]) => coverageRow(name, ours, peer)),
    ...peers.map(([name, peer]) => speedRow(name, ours, peer)),
    ...levels(
      documents.flatMap(({ leaves }) => leaves),
      documents.flatMap(({ headingTerms }) => headingTerms),
    ),
    {
      name: 'compression of one leaf after another, per second of CPU',
      ours: ours.megabytesPerSecond,
      peer: GOAL_MB_PER_SECOND,
      unit: 'MB/s',
      ratio: ours.megabytesPerSecond / GOAL_MB_PER_SECOND,
      goal: `>= ${GOAL_MB_PER_SECOND} MB/s`,
      met: ours.megabytesPerSecond >= GOAL_MB_PER_SECOND,
      note: `fidelity check, token counts and garbage collection included; the median of ${ROUNDS} rounds, the first ${rounds[0]?.megabytesPerSecond.toPrecision(3)} MB/s; the peer is the goal itself`,
    },
    {
      name: 'summary tree of 2M tokens, from the hint to the last node',
      ours: tree.seconds,
      peer: GOAL_TREE_SECONDS,
      unit: 's',
      ratio: tree.seconds / GOAL_TREE_SECONDS,
      goal: `< ${GOAL_TREE_SECONDS} s`,
      met: tree.seconds < GOAL_TREE_SECONDS,
      note: `${tree.nodes} nodes, ${tree.ratio.toFixed(1)}x, read from the store, durable; the peer is the goal itself`,
    },
  ];
}

/** What a tenth of a text still says of the answers to questions about it. */
function answerRows(): BenchRow[] {
  const answering = answeringLeaves(INSTALLED);
  const own = answersKept(answering, (leaf) => extract([leaf], Math.round(countTokens(leaf) / RATIO)).text);
  return Object.entries(PEERS).map(([name, shorten]) => {
    const peer = answersKept(answering, (leaf) => shorten(leaf, leaf.length / RATIO));
    const ratio = own.share / peer.share;
    return {
      name: `words of the answers to ${answering.length} questions that a tenth of each text keeps, beside ${name}`,
      ...{ ours: own.share * 100, peer: peer.share * 100, unit: '%', ratio },
      ...{ goal: `>= ${GOAL_COVERAGE_RATIO}`, met: ratio >= GOAL_COVERAGE_RATIO },
      note: `the questions that npm run eval makes about installed documentation; ${own.ratio.toFixed(1)}x and ${peer.ratio.toFixed(1)}x shorter`,
    };
  });
}

function coverageRow(name: string, ours: Measured, peer: Measured): BenchRow {
  const ratio = ours.coverage / peer.coverage;
  return {
    name: `heading words of ${DOCUMENTS} documents that a tenth of each keeps, beside ${name}`,
    ...{ ours: ours.coverage * 100, peer: peer.coverage * 100, unit: '%', ratio },
    ...{ goal: `>= ${GOAL_COVERAGE_RATIO}`, met: ratio >= GOAL_COVERAGE_RATIO },
    note: `headings are taken out before; ${ours.ratio.toFixed(1)}x and ${peer.ratio.toFixed(1)}x shorter`,
  };
}

function speedRow(name: string, ours: Measured, peer: Measured): BenchRow {
  const [own, theirs] = [ours.megabytesPerSecond, peer.megabytesPerSecond];
  return {
    name: `the speed of that, beside ${name}`,
    ...{ ours: own, peer: theirs, unit: 'MB/s', ratio: own / theirs },
    ...{ goal: `>= ${GOAL_SPEED_RATIO}`, met: own / theirs >= GOAL_SPEED_RATIO },
    note: 'per second of CPU; those of their papers are of this repository, with an inverted index in place of all pairs',
  };
}

interface Measured {
  readonly coverage: number;
  readonly ratio: number;
  readonly megabytesPerSecond: number;
}

function middle(rounds: readonly Measured[]): Measured {
  const sorted = rounds.toSorted((one, other) => one.megabytesPerSecond - other.megabytesPerSecond);
  return sorted[sorted.length >> 1] as Measured;
}

function measure(documents: readonly HeadedDocument[], summarize: (leaf: string) => string): Measured {
  let covered = 0;
  let characters = 0;
  let kept = 0;
  let cpuMicroseconds = 0;
  for (const { leaves, headingTerms } of documents) {
    const start = process.cpuUsage();
    const summary = leaves.map(summarize).join('\n');
    const { user, system } = process.cpuUsage(start);
    cpuMicroseconds += user + system;
    covered += coverage(summary, headingTerms);
    characters += leaves.reduce((sum, leaf) => sum + leaf.length, 0);
    kept += summary.length;
  }
  return {
    coverage: covered / documents.length,
    ratio: characters / kept,
    megabytesPerSecond: characters / cpuMicroseconds,
  };
}
