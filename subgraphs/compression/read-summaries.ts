import { ContractError } from '@supercontext/contract';
import DataLoader from 'dataloader';
import type { StoredSummary, SummaryStore } from './summaries/summary-store.ts';

/** A summary on the graph. Its content is read when a field asks for it, together with all others of the same tick. */
export interface SummaryNode {
  readonly kind: 'summary';
  readonly id: string;
  /** @throws ContractError FRAGMENT_MISSING when it is not there any more */
  read(): Promise<StoredSummary>;
}

export type SummaryLoader = DataLoader<string, StoredSummary | null>;

const MAXIMUM_IDS = 512;

/** Reads what one operation asks for in one tick at once, each id once. */
export function summaryLoader(summaries: SummaryStore): SummaryLoader {
  return new DataLoader<string, StoredSummary | null>((ids) => summaries.read(ids), { maxBatchSize: MAXIMUM_IDS });
}

/** The node of an id that is known to be in the tree; nothing is read yet. */
export function summaryNode(id: string, loader: SummaryLoader): SummaryNode {
  return {
    kind: 'summary',
    id,
    async read() {
      const stored = await loader.load(id);
      if (stored !== null) return stored;
      throw new ContractError('FRAGMENT_MISSING', 'the summary is not there any more; it is being made again', { id });
    },
  };
}

/** Summaries in the order asked, null for what is not there. @throws ContractError INPUT_INVALID for too many */
export async function loadSummaries(
  ids: readonly string[],
  loader: SummaryLoader,
): Promise<readonly (SummaryNode | null)[]> {
  if (ids.length > MAXIMUM_IDS) {
    throw new ContractError('INPUT_INVALID', `ids: at most ${MAXIMUM_IDS}, got ${ids.length}`, { argument: 'ids' });
  }
  const stored = await Promise.all(ids.map((id) => loader.load(id)));
  return stored.map((found, index) => (found === null ? null : summaryNode(ids[index] ?? '', loader)));
}
