import type { SummaryLoader, SummaryNode } from './read-summaries.ts';
import { summaryNode } from './read-summaries.ts';

/** What a summary was made from: another summary, or a fragment that the store answers for. */
export type SummaryChildNode = SummaryNode | { readonly kind: 'fragment'; readonly id: string };

/** The children of a summary in order; of those that are summaries nothing is read yet. */
export async function readChildren(node: SummaryNode, loader: SummaryLoader): Promise<SummaryChildNode[]> {
  const { summary } = await node.read();
  return summary.children.map((id) => (summary.level === 0 ? { kind: 'fragment', id } : summaryNode(id, loader)));
}
