import { ContractError } from '@supercontext/contract';
import { isLater } from '@supercontext/runtime/withdrawn.ts';
import type { CompressionState } from './state.ts';
import { leaveOut } from './work/plan-tree.ts';

/**
 * Makes sure that no summary over what is withdrawn of a session is there any more, before one is shown; those that are gone are
 * made again in the background.
 * @param withdrawnDigest What the context stage says is withdrawn
 * @throws ContractError STORE_BEHIND when the store says otherwise; those of the store and of the state
 */
export async function leaveOutBy(
  sessionId: string,
  withdrawnDigest: string,
  { store, summaries, planner }: Pick<CompressionState, 'store' | 'summaries' | 'planner'>,
): Promise<void> {
  const known = (await summaries.withdrawn(sessionId)).digest;
  if (known === withdrawnDigest || isLater(known, withdrawnDigest)) return;
  const { digest } = await leaveOut(sessionId, { store, summaries });
  planner.hint(sessionId);
  if (digest !== withdrawnDigest && !isLater(digest, withdrawnDigest)) {
    throw new ContractError('STORE_BEHIND', 'the store has yet to be told what was withdrawn of the log');
  }
}
