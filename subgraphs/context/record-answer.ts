import { ContractError, utf8Bytes } from '@supercontext/contract';
import { append, UNNAMED } from './append-delta.ts';
import { unknownTurn } from './ask-again.ts';
import { checkKey, checkText, MAXIMUM_DELTA_BYTES } from './check-delta.ts';
import { momentOf } from './delta-input.ts';
import { parseNodeId, sessionNotFound } from './session-id.ts';
import type { ContextState } from './state.ts';

export interface RecordAnswer {
  readonly turnId: string;
  readonly text: string;
  readonly generationId: string;
  /** When the generation was begun; ISO 8601. Now, where nobody says. */
  readonly begunAt?: string | null;
}

/**
 * Appends what a generation answered to the log, as a message of the assistant that belongs to its turn: the session's
 * revision with it. Of the answers to a turn the one that was begun last is what the session says; the others are withdrawn. An answer without text adds nothing. Durable when it returns; idempotent by generation.
 * @throws ContractError INPUT_INVALID, TEXT_INVALID, DELTA_TOO_LARGE, SESSION_NOT_FOUND, IDEMPOTENCY_KEY_REUSED, those of the
 *   log and the store
 */
export async function recordAnswer(
  state: ContextState,
  { turnId, text, generationId, begunAt }: RecordAnswer,
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
  const turn = { answers: index, begunAtMs: begunAt == null ? Date.now() : momentOf(begunAt, 'begunAt') };
  const { receipt } = await append(state, { sessionId, key, baseRevision: null, items, sizeBytes, turn });
  return { revision: receipt.revision };
}
