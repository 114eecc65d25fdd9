import type { TreeNode } from './plan-parents.ts';

/**
 * The nodes of the frontier that cover as much of the session as fits `budgetTokens`, in log order, none covering what
 * another covers. Those that cover most come first and of equals the earlier one: a node that was chosen is given up
 * only when its parent is made, so the text in front of a model's KV cache changes as rarely as the tree allows.
 */
export function chooseDigest<Node extends TreeNode>(frontier: readonly Node[], budgetTokens: number): Node[] {
  const chosen: Node[] = [];
  let tokens = 0;
  for (const node of [...frontier].sort(mostFirst)) {
    if (tokens + node.tokens > budgetTokens) continue;
    if (chosen.some((other) => node.from <= other.through && other.from <= node.through)) continue;
    chosen.push(node);
    tokens += node.tokens;
  }
  return chosen.sort((a, b) => a.from - b.from);
}

/** By level, not by tokens covered: nodes of a level differ a little in what they cover, and that would shuffle them. */
function mostFirst(a: TreeNode, b: TreeNode): number {
  return b.level - a.level || b.method.version - a.method.version || a.from - b.from;
}
