import { createHash } from 'node:crypto';
import { ContractError, type Delta, type DeltaItem } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import { checkDelta, type DocumentChanges, NO_CHANGES, nameOf } from './check-delta.ts';
import { documentPartsOf } from './document-changes.ts';
import { learnDocuments } from './learn-documents.ts';
import type { Commit, CommitOutcome, Receipt, SessionRecord } from './log/session-log.ts';
import { sessionNotFound } from './session-id.ts';
import type { ContextState } from './state.ts';
import { storeItems } from './store-items.ts';

const LEAST_DIGEST_TOKENS = 64;

/** What is appended under a key, whoever appends it: a client's delta, a prompt or an answer. */
export interface Append {
  readonly sessionId: string;
  readonly key: string;
  readonly baseRevision: number | null;
  readonly items: readonly DeltaItem[];
  readonly sizeBytes: number;
  readonly turn: Commit['turn'];
  readonly changes?: DocumentChanges;
}

/** A message of a turn: the log knows when it came, and nobody has named who said it. */
export const UNNAMED = { kind: 'message', speaker: null, occurredAtMs: null, metadata: null } as const;

export interface Appended {
  readonly session: SessionRecord;
  readonly receipt: Receipt;
  /** Whether the key had been committed before; nothing was added again. */
  readonly replayed: boolean;
}

/**
 * Appends a client's delta to its session. Acknowledged only when durable; atomic; idempotent by key. Appends of a session
 * commit in the order in which they arrived. No model and no index is on this path: search follows at once, compression
 * later.
 * @throws ContractError CONTRACT_VERSION_UNKNOWN, INPUT_INVALID, DELTA_EMPTY, DELTA_TOO_LARGE, TEXT_INVALID,
 *   SESSION_NOT_FOUND, DOCUMENT_NOT_FOUND, REVISION_CONFLICT with the current revision, IDEMPOTENCY_KEY_REUSED, those of the log and the store
 */
export async function appendDelta(
  state: ContextState,
  delta: Delta,
  { changes = NO_CHANGES, signal }: { readonly changes?: DocumentChanges; readonly signal?: AbortSignal } = {},
): Promise<Appended> {
  const sizeBytes = checkDelta(delta, changes);
  const { sessionId, baseRevision, items } = delta;
  const key = `delta:${delta.idempotencyKey}`;
  return append(state, { sessionId, key, baseRevision, items, sizeBytes, turn: null, changes }, signal);
}

/** The same for what has been checked. Given up when `signal` aborts before the commit; what is committed is seen through. */
export async function append(state: ContextState, request: Append, signal?: AbortSignal): Promise<Appended> {
  const { log, arrivals } = state;
  const { sessionId, items, changes = NO_CHANGES } = request;
  const contentHash = hashOf(items, changes);
  const place = arrivals.arrive(sessionId);
  try {
    const { session, early } = await lookAhead(state, request, contentHash);
    if (early !== null) {
      // What a replay was acknowledged for may have been lost since, and here is all of it.
      if (early.state === 'replayed') await storeItems(state, sessionId, items, signal);
      return await settle(state, request, early);
    }
    const isOfDocuments = items.some(({ kind }) => kind === 'file') || changes.removes.length > 0;
    if (isOfDocuments && session !== null) await learnDocuments(state, session);
    const { entries, counts } = await storeItems(state, sessionId, items, signal);
    await place.turn;
    signal?.throwIfAborted();
    const outcome = await hop('commit-delta', () =>
      log.commit({
        sessionId,
        key: request.key,
        contentHash,
        baseRevision: request.baseRevision,
        entries,
        sizeBytes: request.sizeBytes,
        turn: request.turn,
        documents: documentPartsOf(items, counts, changes),
        removes: changes.removes,
        nowMs: Date.now(),
      }),
    );
    // The next in line may commit while the store and its index take this one in.
    place.leave();
    return await settle(state, request, outcome);
  } finally {
    place.leave();
  }
}

/**
 * What can be told without storing anything: a replay, a reused key, an unknown session, a conflict. Only a hint: the
 * commit decides. A conflict is told early only when nobody before this one in the line can still resolve it.
 */
async function lookAhead(
  { log, erasing }: ContextState,
  { sessionId, key, baseRevision }: Append,
  contentHash: string,
): Promise<{ readonly session: SessionRecord | null; readonly early: CommitOutcome | null }> {
  const missing = { session: null, early: { state: 'session-missing' } } as const;
  if (erasing.has(sessionId)) return missing;
  const [[found], receipt] = await Promise.all([log.sessions([sessionId]), log.receipt(sessionId, key)]);
  const session = found ?? null;
  if (session === null) return missing;
  if (receipt !== null) {
    const isSame = receipt.contentHash === contentHash;
    return { session, early: isSame ? { state: 'replayed', receipt } : { state: 'key-reused' } };
  }
  if (baseRevision !== null && baseRevision < session.revision) {
    return { session, early: { state: 'conflict', revision: session.revision } };
  }
  return { session, early: null };
}

async function settle(state: ContextState, { sessionId }: Append, outcome: CommitOutcome): Promise<Appended> {
  switch (outcome.state) {
    case 'session-missing':
      throw sessionNotFound();
    case 'key-reused':
      throw new ContractError('IDEMPOTENCY_KEY_REUSED', 'this idempotency key stands for other content');
    case 'conflict':
      throw new ContractError('REVISION_CONFLICT', `the session is at revision ${outcome.revision}`, {
        currentRevision: outcome.revision,
      });
    case 'committed':
    case 'replayed': {
      const { receipt } = outcome;
      const through = receipt.from + receipt.fragments - 1;
      const [[session]] = await Promise.all([
        state.log.sessions([sessionId]),
        hop('announce', () => state.replicator.ensureOrRetry(sessionId, through, receipt.from)),
      ]);
      if (outcome.state === 'committed') state.hints.grown(sessionId, through);
      if (session === null || session === undefined) throw sessionNotFound();
      if (outcome.state === 'committed' && session.withdrawn.revision === receipt.revision)
        await leaveOut(state, session);
      return { session, receipt, replayed: outcome.state === 'replayed' };
    }
  }
}

/** What has just been withdrawn leaves the summaries now, not only when one is asked for: a digest is what makes sure of that. */
async function leaveOut({ compression, digestDeadlineMs }: ContextState, session: SessionRecord): Promise<void> {
  const about = { sessionId: session.id, withdrawnDigest: session.withdrawn.digest, budgetTokens: LEAST_DIGEST_TOKENS };
  try {
    await hop('leave-out', () => compression.digest(about, { deadlineMs: digestDeadlineMs }));
  } catch (error) {
    // Compression is away: it does so before it shows a digest again.
    if (!(error instanceof ContractError)) throw error;
  }
}

/**
 * What a key stands for: every item with its kind, its name or role, what came with it, and its text. An item that says no more than
 * version 1 could has the hash it had there, so that a key sent before an upgrade and again after it is the same.
 */
function hashOf(items: readonly DeltaItem[], { versions, removes }: DocumentChanges): string {
  const hash = createHash('sha256');
  for (const item of items) {
    const [role, speaker] = item.kind === 'message' ? [item.role, item.speaker] : [null, null];
    const { occurredAtMs, metadata } = item;
    const facts =
      speaker === null && occurredAtMs === null && metadata === null ? [] : [speaker, occurredAtMs, metadata];
    const head = JSON.stringify([item.kind, nameOf(item), role, ...facts]);
    hash.update(`${head}${Buffer.byteLength(item.text)}\n`).update(item.text);
  }
  const changes = versions.some((version) => version !== null) || removes.length > 0;
  if (changes) hash.update(JSON.stringify([versions, removes]));
  return hash.digest('hex');
}
