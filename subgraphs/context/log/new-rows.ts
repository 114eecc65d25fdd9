import { digestAfter } from '@supercontext/runtime/log-digest.ts';
import { firstPartsOf, madeBy } from './commit-place.ts';
import { factsRow } from './records.ts';
import type { EntryRow, FactsRow, SessionRow } from './schema.ts';
import type { Commit, Facts } from './session-log.ts';

/** A row of the log, with the facts that it and those behind it name, where it is the first that does. */
export interface NewRow {
  readonly entry: EntryRow;
  readonly facts: FactsRow | null;
}

/**
 * The rows that a commit adds behind a session's log, one a step; returns the digest of the log with them.
 * @param digest that of the log as it is
 */
export function* newRows(session: SessionRow, commit: Commit, digest: Uint8Array): Generator<NewRow, Uint8Array> {
  const { turn, nowMs } = commit;
  const occurredAtMs = turn !== null && 'answers' in turn ? turn.begunAtMs : nowMs;
  const ofTheTurn: Facts | null = turn === null ? null : { speaker: null, occurredAtMs, metadata: null };
  const ofTurn = {
    turn: turn !== null && 'answers' in turn ? turn.answers : madeBy(session, commit),
    is_answer: turn !== null && 'answers' in turn ? 1 : 0,
  };
  const firstParts = firstPartsOf(session, commit);
  let position = session.fragments;
  let chatTokens = session.chat_tokens;
  let itsDigest = digest;
  let last: { readonly facts: Facts | null; readonly position: number | null } = { facts: null, position: null };
  for (const { hash, tokens, role, kind, facts: own } of commit.entries) {
    itsDigest = digestAfter(itsDigest, hash, tokens);
    const facts = own ?? ofTheTurn;
    if (facts !== last.facts) last = { facts, position: facts === null ? null : position };
    const entry = {
      session: session.row,
      position,
      hash: Buffer.from(hash, 'hex'),
      tokens,
      role,
      kind,
      chat_tokens_before: chatTokens,
      ...ofTurn,
      digest: itsDigest,
      facts: last.position,
      item: firstParts[position - session.fragments] ?? null,
    };
    yield { entry, facts: facts !== null && last.position === position ? factsRow(session, position, facts) : null };
    position++;
    if (kind === 'chat') chatTokens += tokens;
  }
  return itsDigest;
}
