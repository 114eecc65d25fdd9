import { CONTRACT_TOKENIZER, type Summary, tokens, WRITTEN_VERSIONS } from '@supercontext/contract';
import type { StoreLog } from '../calls/store.ts';
import { METHOD } from '../method/extract.ts';
import type { StoredSummary, SummaryStore } from '../summaries/summary-store.ts';
import { type NodePlan, nodeId } from '../tree/node-plan.ts';
import type { CompressPool } from './compress-pool.ts';

/** A node keeps a tenth of what it is made from. */
const RATIO = 10;
/** Less says nothing. */
const MINIMUM_TOKENS = 96;

/** What a node is made from: texts in order, and their o200k tokens. */
export interface NodeSource {
  readonly texts: readonly string[];
  readonly tokens: number;
}

/**
 * Reads what a node is made from: fragments of the store for a leaf, its children's summaries for any other. Null when a
 * child is not there any more, or a leaf's fragments are not what the log lists: the node is planned again where it must be.
 * @throws ContractError of the store, for a leaf
 */
export async function readSource(
  plan: NodePlan,
  from: { readonly store: StoreLog; readonly summaries: SummaryStore },
): Promise<NodeSource | null> {
  if (plan.level === 0) {
    const { sessionId, children, originalTokens } = plan;
    const listed = await from.store.entries(sessionId, plan.from, children.length);
    if (children.some((child, at) => listed[at]?.fragmentId !== child)) return null;
    return { texts: await from.store.texts(children), tokens: originalTokens };
  }
  const children = await from.summaries.read(plan.children);
  const texts: string[] = [];
  let total = 0;
  for (const child of children) {
    if (child === null) return null;
    texts.push(child.summary.text);
    total += child.summary.tokens;
  }
  return { texts, tokens: total };
}

/** Makes one node. The same plan always gives the same node, so two workers that make it do no harm. */
export async function compressNode(plan: NodePlan, source: NodeSource, pool: CompressPool): Promise<StoredSummary> {
  const budgetTokens = Math.max(MINIMUM_TOKENS, Math.round(source.tokens / RATIO));
  const extract = await pool.run({ texts: source.texts, budgetTokens });
  const summary: Summary = {
    contractVersion: WRITTEN_VERSIONS.summary,
    id: nodeId(plan, METHOD),
    level: plan.level,
    from: plan.from,
    through: plan.through,
    children: plan.children,
    text: extract.text,
    tokens: tokens(extract.tokens),
    tokenizer: CONTRACT_TOKENIZER,
    method: METHOD,
    fidelity: extract.fidelity,
  };
  return { sessionId: plan.sessionId, ordinal: plan.ordinal, originalTokens: plan.originalTokens, summary };
}
