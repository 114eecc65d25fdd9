import { ContractError, type WorkingSet } from '@supercontext/contract';
import { assembleWorkingSet } from './assemble-working-set.ts';
import type { TurnRecord } from './log/session-log.ts';
import { parseNodeId, sessionNotFound } from './session-id.ts';
import type { ContextState } from './state.ts';
import { checkBudget } from './working-set/shares.ts';

export interface AskAgain {
  readonly turnId: string;
  /** For the working set; 0 for none. */
  readonly budgetTokens: number;
  readonly signal: AbortSignal;
}

/**
 * What the model shall see for a question that was asked before: what the session says now, without the question and its answers. So
 * an answer that is given anew rests on what has come since. Changes nothing.
 * @throws ContractError INPUT_INVALID, BUDGET_EXCEEDED, SESSION_NOT_FOUND, those of the log
 */
export async function askAgain(
  state: ContextState,
  { turnId, budgetTokens, signal }: AskAgain,
): Promise<{ readonly turn: TurnRecord; readonly workingSet: WorkingSet }> {
  if (budgetTokens !== 0) checkBudget(budgetTokens);
  const id = parseNodeId(turnId);
  if (id?.kind !== 'turn') throw unknownTurn();
  const { sessionId, index } = id;
  const [session] = await state.log.sessions([sessionId]);
  if (session === null || session === undefined) throw sessionNotFound();
  const [turn] = await state.log.turns(sessionId, index, 1);
  if (turn === undefined) throw unknownTurn();
  const request = { session, question: turn.prompt, budgetTokens, signal, without: index };
  return { turn, workingSet: await assembleWorkingSet(state, request) };
}

export function unknownTurn(): ContractError {
  return new ContractError('INPUT_INVALID', 'turnId is not the id of a turn of a session', { argument: 'turnId' });
}
