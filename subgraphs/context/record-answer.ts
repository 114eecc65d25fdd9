import { ContractError, utf8Bytes } from '@supercontext/contract';
import { append, UNNAMED } from './append-delta.ts';
import { unknownTurn } from './ask-again.ts';
import { checkKey, checkText, MAXIMUM_DELTA_BYTES } from './check-delta.ts';
import { parseNodeId, sessionNotFound } from './session-id.ts';
import type { ContextState } from './state.ts';

/**
 * Appends what a generation answered to the log, as a message of the assistant that belongs to its turn: the session's
 * revision with it. The answers to the turn before it are withdrawn. An answer without text adds nothing. Durable when it returns; idempotent by generation.
 * @throws ContractError INPUT_INVALID, TEXT_INVALID, DELTA_TOO_LARGE, SESSION_NOT_FOUND, IDEMPOTENCY_KEY_REUSED, those of the
 *   log and the store
 */
export async function recordAnswer(
  state: ContextState,
  { turnId, text, generationId }: { readonly turnId: string; readonly text: string; readonly generationId: string },
): Promise<{ readonly revision: number }> {
  checkKey(generationId);
  checkText(text, { argument: 'text' });
  const sizeBytes = utf8Bytes(text);
  if (sizeBytes > MAXIMUM_DELTA_BYTES) {
    throw new ContractError('DELTA_TOO_LARGE', `at most ${MAXIMUM_DELTA_BYTES} bytes of text, got ${sizeBytes}`, {
      maximumBytes: MAXIMUM_DELTA_BYTES,
      sizeBytes,
    });
  }
  const id = parseNodeId(turnId);
  if (id?.kind !== 'turn') throw unknownTurn();
  const { sessionId, index } = id;
  const [session] = await state.log.sessions([sessionId]);
  if (session === null || session === undefined) throw sessionNotFound();
  if (index >= session.turns) throw unknownTurn();
  if (sizeBytes === 0) return { revision: session.revision };
  const items = [{ ...UNNAMED, role: 'assistant', text }] as const;
  const key = `answer:${generationId}`;
  const turn = { answers: index };
  const { receipt } = await append(state, { sessionId, key, baseRevision: null, items, sizeBytes, turn });
  return { revision: receipt.revision };
}
