import { CONTRACT_VERSION } from '@supercontext/contract';
import { type Appended, append, appendDelta } from './append-delta.ts';
import { checkKey, checkPath } from './check-delta.ts';
import { momentOf } from './delta-input.ts';
import { versionOf } from './document-changes.ts';
import type { RemoveDocumentInput, ReplaceDocumentInput } from './generated/resolvers.ts';
import type { DocumentRecord } from './log/session-log.ts';
import type { ContextState } from './state.ts';

/** A version that comes whole. */
const WHOLE = { part: 0, parts: 1, hash: null };

/**
 * Puts a text, or a part of one, in the place of a document. Acknowledged only when durable and when nothing finds the version before
 * any more; idempotent by key.
 * @throws ContractError what `appendDelta` throws; INPUT_INVALID for a part that is not the next one
 */
export async function replaceDocument(
  state: ContextState,
  input: ReplaceDocumentInput,
  signal: AbortSignal,
): Promise<Appended & { readonly document: DocumentRecord | null }> {
  const { sessionId, idempotencyKey, path, text, occurredAt, metadata = null } = input;
  const occurredAtMs = occurredAt == null ? null : momentOf(occurredAt, 'occurredAt');
  const version = input.version == null ? WHOLE : versionOf(input.version, 'version');
  const items = [{ kind: 'file', path, text, occurredAtMs, metadata }] as const;
  const delta = { contractVersion: CONTRACT_VERSION, sessionId, idempotencyKey, baseRevision: null, items };
  const appended = await appendDelta(state, delta, { changes: { versions: [version], removes: [] }, signal });
  const [document] = await state.log.documentsAt(sessionId, [path]);
  return { ...appended, document: document ?? null };
}

/**
 * Removes a document. Acknowledged only when durable and when nothing finds it any more; idempotent by key.
 * @throws ContractError INPUT_INVALID, TEXT_INVALID, SESSION_NOT_FOUND, DOCUMENT_NOT_FOUND, IDEMPOTENCY_KEY_REUSED, those of the log
 */
export async function removeDocument(
  state: ContextState,
  { sessionId, idempotencyKey, path }: RemoveDocumentInput,
  signal: AbortSignal,
): Promise<Appended> {
  checkKey(idempotencyKey);
  checkPath(path, 'path');
  const key = `delta:${idempotencyKey}`;
  const changes = { versions: [], removes: [path] };
  return append(state, { sessionId, key, baseRevision: null, items: [], sizeBytes: 0, turn: null, changes }, signal);
}
