import type { StageVersion, Summary } from '@supercontext/contract';
import type { Stretch, Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { FAN_OUT } from '../tree/node-plan.ts';
import type { MadeSummary, TreeState } from './summary-store.ts';

/** A node as its tree knows it, without its text. */
export interface PlacedNode {
  readonly id: string;
  readonly level: number;
  readonly ordinal: number;
  readonly from: number;
  readonly through: number;
  /** o200k. */
  readonly tokens: number;
  readonly originalTokens: number;
  /** Whether its parent is there. */
  readonly isParented: boolean;
}

/** One method's tree of one session, wherever it is kept: what the rules read of it, and change. */
export interface KeptTree {
  readonly method: StageVersion;
  state: TreeState;
  isAt(level: number, ordinal: number): boolean;
  nodeAt(level: number, ordinal: number): PlacedNode | null;
  nodes(): Iterable<PlacedNode>;
  add(node: PlacedNode, summary: Summary): void;
  setParented(node: PlacedNode, isParented: boolean): void;
  drop(node: PlacedNode): void;
}

/** Whether a node is made of what it would be made of now. */
export function isCurrent(
  { summary, withdrawn: without = [] }: MadeSummary,
  { has, withdrawn }: { readonly has: (id: string) => boolean; readonly withdrawn: () => Withdrawn },
): boolean {
  const { level, children } = summary;
  if (level > 0) return children.every(has);
  const now = withdrawn().within(summary);
  const isSame = ({ from, through }: Stretch, at: number) => from === now[at]?.from && through === now[at]?.through;
  return without.length === now.length && without.every(isSame);
}

/** Adds a node that is current and not there, unless another one has its place. */
export function addNode(tree: KeptTree, { ordinal, originalTokens, summary }: MadeSummary): void {
  const { id, level, from, through, tokens } = summary;
  if (tree.isAt(level, ordinal)) return;
  const isParented = tree.isAt(level + 1, Math.floor(ordinal / FAN_OUT));
  tree.add({ id, level, ordinal, from, through, tokens, originalTokens, isParented }, summary);
  const { state } = tree;
  const isLeaf = level === 0;
  const grown = {
    ...state,
    nodes: state.nodes + 1,
    levels: Math.max(state.levels, level + 1),
    originalTokens: state.originalTokens + (isLeaf ? originalTokens : 0),
    summaryTokens: state.summaryTokens + (isLeaf ? tokens : 0),
  };
  if (!isLeaf) {
    for (const child of childrenAt(tree, level, ordinal)) if (!child.isParented) tree.setParented(child, true);
  }
  tree.state = isLeaf ? withoutGap(tree, grown) : grown;
}

/** Drops the nodes that cover one of the positions; those of their children that stay are roots again. */
export function dropOver(tree: KeptTree, positions: Withdrawn): void {
  const over: PlacedNode[] = [];
  let levels = 0;
  for (const node of tree.nodes()) {
    if (positions.countIn(node) > 0) over.push(node);
    else levels = Math.max(levels, node.level + 1);
  }
  if (over.length === 0) return;
  for (const node of over) tree.drop(node);
  for (const { level, ordinal } of over) {
    if (level > 0) for (const child of childrenAt(tree, level, ordinal)) tree.setParented(child, false);
  }
  const { state } = tree;
  const leaves = over.filter(({ level }) => level === 0);
  const left = Math.min(state.leaves, ...leaves.map(({ ordinal }) => ordinal));
  const sum = (of: 'originalTokens' | 'tokens') => leaves.reduce((total, leaf) => total + leaf[of], 0);
  tree.state = {
    nodes: state.nodes - over.length,
    levels,
    leaves: left,
    compressedThrough: tree.nodeAt(0, left - 1)?.through ?? -1,
    originalTokens: state.originalTokens - sum('originalTokens'),
    summaryTokens: state.summaryTokens - sum('tokens'),
  };
}

function* childrenAt(tree: KeptTree, level: number, ordinal: number): Generator<PlacedNode> {
  const first = ordinal * FAN_OUT;
  for (let child = first; child < first + FAN_OUT; child++) {
    const node = tree.nodeAt(level - 1, child);
    if (node !== null) yield node;
  }
}

/** Leaves come in any order; counts on for as long as the next one is there. */
function withoutGap(tree: KeptTree, state: TreeState): TreeState {
  let { leaves, compressedThrough } = state;
  for (;;) {
    const leaf = tree.nodeAt(0, leaves);
    if (leaf === null) return { ...state, leaves, compressedThrough };
    compressedThrough = leaf.through;
    leaves++;
  }
}
