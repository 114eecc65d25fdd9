import { CONTRACT_TOKENIZER, type Summary, tokens, WRITTEN_VERSIONS } from '@supercontext/contract';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { StoreLog } from '../calls/store.ts';
import { METHOD } from '../method/extract.ts';
import type { MadeSummary, SummaryStore } from '../summaries/summary-store.ts';
import { type NodePlan, nodeId } from '../tree/node-plan.ts';
import type { CompressPool } from './compress-pool.ts';

/** A node keeps a tenth of what it is made from. */
const RATIO = 10;
/** Less says nothing. */
const MINIMUM_TOKENS = 96;
/** Of a stretch of which all was withdrawn: its node keeps its place in the tree. */
const NOTHING = { text: '', tokens: 0, fidelity: 1 };

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
    const { sessionId, children, originalTokens, withdrawn = [] } = plan;
    const listed = await from.store.entries(sessionId, plan.from, plan.through - plan.from + 1);
    const without = Withdrawn.of(withdrawn);
    const shown = listed.filter(({ position }) => !without.has(position));
    if (shown.length !== children.length || children.some((child, at) => shown[at]?.fragmentId !== child)) return null;
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
export async function compressNode(plan: NodePlan, source: NodeSource, pool: CompressPool): Promise<MadeSummary> {
  const budgetTokens = Math.max(MINIMUM_TOKENS, Math.round(source.tokens / RATIO));
  const extract = source.tokens === 0 ? NOTHING : await pool.run({ texts: source.texts, budgetTokens });
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
  const { sessionId, ordinal, originalTokens, withdrawn = [] } = plan;
  return { sessionId, ordinal, originalTokens, summary, withdrawn };
}
