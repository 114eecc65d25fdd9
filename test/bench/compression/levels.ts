import { extract } from '@supercontext/compression/method/extract.ts';
import { FAN_OUT } from '@supercontext/compression/tree/node-plan.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import type { BenchRow } from '../row.ts';
import { coverage } from './documents.ts';
import { textrank } from './textrank.ts';

const RATIO = 10;
const LEVELS = 3;

/**
 * What each level of the tree still says of the words that were headings, at its own length: beside the same length taken from the
 * verbatim text at once, which says what going through the level below loses, and beside its beginning and TextRank.
 */
export function levels(leaves: readonly string[], headingTerms: readonly string[]): BenchRow[] {
  const wanted = [...new Set(headingTerms)];
  const rows: BenchRow[] = [];
  let below = leaves;
  for (let level = 0; level < LEVELS; level++) {
    // Each node covers the nodes below it, and the text of all leaves under those.
    const groups = level === 0 ? below.map((leaf) => [leaf]) : groupsOf(below);
    const nodes = groups.map((children) => extract(children, budgetOf(children)).text);
    const under = FAN_OUT ** level;
    const covered = nodes.map((_, at) => leaves.slice(at * under, (at + 1) * under));
    const atOnce = nodes.map((node, at) => extract(covered[at] ?? [], countTokens(node)).text);
    const beginnings = nodes.map((node, at) => (covered[at] ?? []).join('\n').slice(0, node.length));
    const share = (texts: readonly string[]) => 100 * coverage(texts.join('\n'), wanted);
    const [ours, peer] = [share(nodes), share(atOnce)];
    const characters = leaves.reduce((sum, leaf) => sum + leaf.length, 0);
    const kept = nodes.reduce((sum, node) => sum + node.length, 0);
    // Its matrix of all sentences of a text for each other one has no room above that.
    const ranked = level > 1 ? null : nodes.map((node, at) => textrank((covered[at] ?? []).join('\n'), node.length));
    rows.push({
      ...{
        name: `heading words that level ${level} of the tree keeps, beside the verbatim text shortened at once to the same tokens`,
      },
      ...{ ours, peer, unit: '%', ratio: ours / peer, goal: '-', met: true },
      note: `${(characters / kept).toFixed(0)}x shorter; its beginnings ${share(beginnings).toFixed(1)} %, TextRank ${ranked === null ? 'not asked' : `${share(ranked).toFixed(1)} %`}`,
    });
    below = nodes;
  }
  return rows;
}

function groupsOf(nodes: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(nodes.length / FAN_OUT) }, (_, at) =>
    nodes.slice(at * FAN_OUT, (at + 1) * FAN_OUT),
  );
}

function budgetOf(texts: readonly string[]): number {
  return Math.round(texts.reduce((sum, text) => sum + countTokens(text), 0) / RATIO);
}
