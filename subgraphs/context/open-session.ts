import { checkKey } from './check-delta.ts';
import type { SessionRecord } from './log/session-log.ts';
import { newSessionId } from './session-id.ts';
import { checkTitle } from './session-title.ts';
import type { ContextState } from './state.ts';

/**
 * Opens an empty session. Durable when it returns; with a key, idempotent by it.
 * @throws ContractError INPUT_INVALID, TEXT_INVALID, STORAGE_UNAVAILABLE while it may be that the log was lost, those of the log
 */
export async function openSession(
  { log, emptyLog }: ContextState,
  input: { readonly title?: string | null; readonly idempotencyKey?: string | null },
): Promise<SessionRecord> {
  // A blank name is none.
  const title = input.title?.trim() === '' ? null : (input.title ?? null);
  const key = input.idempotencyKey ?? null;
  if (key !== null) checkKey(key);
  if (title !== null) checkTitle(title);
  emptyLog.check();
  return log.open({ id: newSessionId(), title, key, nowMs: Date.now() });
}
