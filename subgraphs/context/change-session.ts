import { ContractError } from '@supercontext/contract';
import type { SessionChange, SessionRecord } from './log/session-log.ts';
import { checkSessionId, sessionNotFound } from './session-id.ts';
import { checkTitle } from './session-title.ts';
import type { ContextState } from './state.ts';

/**
 * Gives a session another title, or with null the one of its first question. Durable when it returns; once or twice is the same.
 * @throws ContractError INPUT_INVALID, TEXT_INVALID, SESSION_NOT_FOUND, those of the log
 */
export async function renameSession(
  state: ContextState,
  { sessionId, title }: { readonly sessionId: string; readonly title: string | null },
): Promise<SessionRecord> {
  if (title !== null) checkTitle(title);
  if (title?.trim() === '') {
    throw new ContractError('INPUT_INVALID', 'title: not blank; null takes the name away', { argument: 'title' });
  }
  return change(state, sessionId, { title });
}

/**
 * Puts a session aside, or takes it back. Durable when it returns; one that is archived already keeps the moment it was.
 * @throws ContractError INPUT_INVALID, SESSION_NOT_FOUND, those of the log
 */
export async function archiveSession(
  state: ContextState,
  { sessionId, archived }: { readonly sessionId: string; readonly archived: boolean },
): Promise<SessionRecord> {
  checkSessionId(sessionId);
  const [session] = await state.log.sessions([sessionId]);
  if (session?.archivedAtMs !== null && archived && session !== undefined && session !== null) return session;
  return change(state, sessionId, { archivedAtMs: archived ? Date.now() : null });
}

async function change(
  { log, erasing }: ContextState,
  sessionId: string,
  change: SessionChange,
): Promise<SessionRecord> {
  checkSessionId(sessionId);
  const session = erasing.has(sessionId) ? null : await log.change(sessionId, change);
  if (session === null) throw sessionNotFound();
  return session;
}
