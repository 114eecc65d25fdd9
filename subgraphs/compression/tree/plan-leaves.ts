import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { NodePlan } from './node-plan.ts';

/** A leaf ends with the fragment that brings it here: with fragments of 256-1 024 tokens, leaves of about 4 096. */
export const LEAF_TOKENS = 3_584;
/** A leaf of short chat messages ends here: its fragments are read in one call. */
export const LEAF_FRAGMENTS = 256;

export interface LogEntry {
  readonly position: number;
  readonly fragmentId: string;
  readonly tokens: number;
}

/** Where the next leaf of a session begins. */
export interface LeafCursor {
  readonly from: number;
  readonly ordinal: number;
}

export const FIRST_LEAF: LeafCursor = { from: 0, ordinal: 0 };

/**
 * The complete leaves of the stretch of log that begins at `cursor`, and where the next one begins. A boundary depends on
 * nothing behind it, so it never moves when the log grows, and not on what is withdrawn, which its leaf is made without; the
 * ragged end makes no leaf.
 */
export function planLeaves(
  sessionId: string,
  cursor: LeafCursor,
  entries: readonly LogEntry[],
  withdrawn: Withdrawn = Withdrawn.NONE,
): { readonly leaves: NodePlan[]; readonly next: LeafCursor } {
  const leaves: NodePlan[] = [];
  let next = cursor;
  let children: string[] = [];
  let [tokensOfAll, originalTokens] = [0, 0];
  for (const { position, fragmentId, tokens } of entries) {
    tokensOfAll += tokens;
    if (!withdrawn.has(position)) {
      children.push(fragmentId);
      originalTokens += tokens;
    }
    if (tokensOfAll < LEAF_TOKENS && position - next.from + 1 < LEAF_FRAGMENTS) continue;
    const without = withdrawn.within({ from: next.from, through: position });
    leaves.push({ sessionId, level: 0, ...next, through: position, originalTokens, children, withdrawn: without });
    next = { from: position + 1, ordinal: next.ordinal + 1 };
    children = [];
    [tokensOfAll, originalTokens] = [0, 0];
  }
  return { leaves, next };
}
