import { utf8Bytes, type WorkingSet } from '@supercontext/contract';
import { append, UNNAMED } from './append-delta.ts';
import { assembleWorkingSet } from './assemble-working-set.ts';
import { checkKey, checkQuestion } from './check-delta.ts';
import type { Receipt, SessionRecord, TurnRecord } from './log/session-log.ts';
import { sessionNotFound } from './session-id.ts';
import type { ContextState } from './state.ts';
import { checkBudget } from './working-set/shares.ts';

export interface BeginTurn {
  readonly sessionId: string;
  readonly prompt: string;
  readonly idempotencyKey: string;
  /** For the working set; 0 for none. */
  readonly budgetTokens: number;
  readonly signal: AbortSignal;
}

/**
 * Records a question as the next turn of its session, as a message of the user, and puts together what the model shall see
 * for it: what stood in the log before the question. Both at once, since neither needs the other. Durable when it returns;
 * idempotent by key, with the working set made anew.
 * @throws ContractError INPUT_INVALID, TEXT_INVALID, BUDGET_EXCEEDED, SESSION_NOT_FOUND, IDEMPOTENCY_KEY_REUSED, those of
 *   the log and the store
 */
export async function beginTurn(
  state: ContextState,
  { sessionId, prompt, idempotencyKey, budgetTokens, signal }: BeginTurn,
): Promise<{ readonly turn: TurnRecord; readonly workingSet: WorkingSet }> {
  checkQuestion(prompt, 'prompt');
  const sizeBytes = utf8Bytes(prompt);
  checkKey(idempotencyKey);
  if (budgetTokens !== 0) checkBudget(budgetTokens);
  const key = `turn:${idempotencyKey}`;
  const [[session], replay] = await Promise.all([state.log.sessions([sessionId]), state.log.receipt(sessionId, key)]);
  if (session === null || session === undefined) throw sessionNotFound();
  const items = [{ ...UNNAMED, role: 'user', text: prompt }] as const;
  const asked = replay === null ? session : await before(state, session, replay);
  const [{ receipt }, workingSet] = await Promise.all([
    append(state, { sessionId, key, baseRevision: null, items, sizeBytes, turn: { prompt } }, signal),
    assembleWorkingSet(state, { session: asked, question: prompt, budgetTokens, signal }),
  ]);
  const [turn] = await state.log.turns(sessionId, receipt.turn ?? 0, 1);
  if (turn === undefined) throw new Error('a turn was committed and is not in the log');
  return { turn, workingSet };
}

/** More entries than come between a turn and its replay. */
const MAXIMUM_LATER = 4_096;

/** The session as it was when a turn that comes again was asked, so that its working set comes out the same. */
async function before(
  { log }: ContextState,
  session: SessionRecord,
  { from, revision }: Receipt,
): Promise<SessionRecord> {
  const range = { from, through: session.fragments - 1, first: MAXIMUM_LATER };
  const { withdrawn } = session;
  const later = (await log.entries(session.id, range)).filter(({ position }) => !withdrawn.has(position));
  const tokens = session.tokens - later.reduce((sum, entry) => sum + entry.tokens, 0);
  return { ...session, revision: revision - 1, fragments: from, tokens };
}
