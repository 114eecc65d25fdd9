import { ContractError } from '@supercontext/contract';
import { METHOD } from './method/extract.ts';
import type { CompressionState } from './state.ts';
import { isSessionId } from './tree/node-plan.ts';

/**
 * Makes sure that a session is there to be watched: one whose log or tree this stage knows, else one that the context stage knows.
 * @throws ContractError SESSION_NOT_FOUND, also for an id that no session can have and for one that was erased; what the context
 *   stage says where it has to be asked
 */
export async function checkSession(
  sessionId: string,
  { context, erased, planner, summaries }: Pick<CompressionState, 'context' | 'erased' | 'planner' | 'summaries'>,
): Promise<void> {
  if (!isSessionId(sessionId) || erased.has(sessionId) || (await summaries.wasErased(sessionId)))
    throw sessionNotFound();
  if ((planner.planned(sessionId)?.readThrough ?? -1) >= 0) return;
  if ((await summaries.state(sessionId, METHOD)).nodes > 0) return;
  if (!(await context.hasSession(sessionId))) throw sessionNotFound();
}

export function sessionNotFound(): ContractError {
  return new ContractError('SESSION_NOT_FOUND', 'no session has this id');
}
