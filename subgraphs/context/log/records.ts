import type { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { EntryRow, FactsRow, ReceiptRow, SessionRow, TurnRow } from './schema.ts';
import type { Facts, LogEntry, Receipt, SessionRecord, TurnRecord } from './session-log.ts';

export function sessionRecord(row: SessionRow, withdrawn: Withdrawn): SessionRecord {
  const { id, created_at_ms: createdAtMs, revision, fragments, turns } = row;
  return {
    id,
    place: row.row,
    title: row.title ?? row.question_title,
    createdAtMs,
    lastActivityAtMs: row.last_activity_at_ms ?? createdAtMs,
    archivedAtMs: row.archived_at_ms,
    revision,
    tokens: row.tokens - (row.withdrawn_tokens ?? 0),
    fragments,
    withdrawn,
    knowsDocuments: row.document_parts !== null,
    turns,
  };
}

export function receiptOf(row: ReceiptRow): Receipt {
  return {
    contentHash: row.content_hash,
    revision: row.revision,
    from: row.first_position,
    fragments: row.fragments,
    tokens: row.tokens,
    sizeBytes: row.size_bytes,
    turn: row.turn,
  };
}

export function factsOf({ speaker, occurred_at_ms, metadata }: FactsRow): Facts {
  return { speaker, occurredAtMs: occurred_at_ms, metadata };
}

export function factsRow(session: SessionRow, position: number, { speaker, occurredAtMs, metadata }: Facts): FactsRow {
  return { session: session.row, position, speaker, occurred_at_ms: occurredAtMs, metadata };
}

export function logEntry(row: EntryRow, facts: Facts | null): LogEntry {
  return {
    position: row.position,
    firstPart: row.item,
    hash: Buffer.from(row.hash).toString('hex'),
    tokens: row.tokens,
    role: row.role,
    kind: row.kind,
    chatTokensBefore: row.chat_tokens_before,
    turn: row.turn,
    isAnswer: row.is_answer === 1,
    facts,
  };
}

export function turnRecord(sessionId: string, row: TurnRow): TurnRecord {
  return {
    sessionId,
    index: row.number,
    prompt: row.prompt,
    createdAtMs: row.created_at_ms,
    from: row.first_position,
    through: row.last_position,
  };
}
