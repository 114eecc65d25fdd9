import type { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { fold } from '@supercontext/text/fold.ts';
import { titleOfQuestion } from '../session-title.ts';
import { endAfter, madeBy } from './commit-place.ts';
import { checkStretches, type PositionChange } from './document-rules.ts';
import type { ReceiptRow, SessionRow, TurnRow } from './schema.ts';
import type { Commit, NewAnswer, SessionChange } from './session-log.ts';

/** What is opened. */
export interface NewSession {
  readonly id: string;
  readonly title: string | null;
  readonly key: string | null;
  readonly nowMs: number;
}

/** An entry of an answer. */
export interface Answered {
  readonly position: number;
  readonly tokens: number;
  /** In milliseconds since 1970; 0 where nobody told. */
  readonly saidAtMs: number;
}

/** A session as it is opened. @param place its own for ever */
export function newSession({ id, title, key, nowMs }: NewSession, place: number): SessionRow {
  return {
    row: place,
    id,
    title,
    open_key: key,
    created_at_ms: nowMs,
    revision: 0,
    tokens: 0,
    chat_tokens: 0,
    fragments: 0,
    turns: 0,
    last_activity_at_ms: nowMs,
    archived_at_ms: null,
    question_title: null,
    folded_title: title === null ? null : fold(title),
    withdrawn_fragments: null,
    withdrawn_tokens: null,
    document_parts: 0,
  };
}

/** The session as people change it. @param firstQuestion the prompt of its first turn, if it has one */
export function changedSession(
  session: SessionRow,
  change: SessionChange,
  firstQuestion: () => string | null,
): SessionRow {
  const { title = session.title, archivedAtMs = session.archived_at_ms } = change;
  return withTitle({ ...session, title, archived_at_ms: archivedAtMs }, firstQuestion);
}

/** The session with what it is called, by its first question if need be. */
function withTitle(session: SessionRow, firstQuestion: () => string | null): SessionRow {
  const isCalledByIt = session.title === null && session.question_title === null;
  const question_title = isCalledByIt ? titleOfQuestion(firstQuestion() ?? '') : session.question_title;
  const title = session.title ?? question_title;
  return { ...session, question_title, folded_title: title === null ? null : fold(title) };
}

/** What a commit leaves beside its entries. */
export interface Growth {
  readonly session: SessionRow;
  readonly receipt: ReceiptRow;
  readonly turn: TurnRow | null;
  /** Null where nothing of it changes. */
  readonly withdrawn: Withdrawn | null;
}

/**
 * The session after a commit.
 * @param about `change`: what its documents and answers do to positions; `withdrawn`: which are so before it
 * @throws ContractError INPUT_INVALID where too many stretches would be withdrawn
 */
export function grownSession(
  session: SessionRow,
  commit: Commit,
  about: {
    readonly change: PositionChange;
    readonly withdrawn: () => Withdrawn;
    readonly firstQuestion: () => string | null;
  },
): Growth {
  const made = madeBy(session, commit);
  const { position, tokens, chatTokens } = endAfter(session, commit);
  const question = commit.turn !== null && 'prompt' in commit.turn ? commit.turn.prompt : null;
  const receipt: ReceiptRow = {
    session: session.row,
    key: commit.key,
    content_hash: commit.contentHash,
    revision: session.revision + 1,
    first_position: session.fragments,
    fragments: commit.entries.length,
    tokens,
    size_bytes: commit.sizeBytes,
    turn: made,
  };
  const withdrawn = withdrawnAfter(session, commit, about);
  const titled = withTitle(session, session.turns === 0 && question !== null ? () => question : about.firstQuestion);
  const { withdrawn_tokens, document_parts } = session;
  return {
    session: {
      ...titled,
      withdrawn_fragments: withdrawn?.count ?? session.withdrawn_fragments,
      withdrawn_tokens: withdrawn === null ? withdrawn_tokens : (withdrawn_tokens ?? 0) + about.change.tokens,
      document_parts: document_parts === null ? null : document_parts + about.change.parts,
      revision: receipt.revision,
      tokens: session.tokens + tokens,
      chat_tokens: chatTokens,
      fragments: position,
      turns: session.turns + (made === null ? 0 : 1),
      last_activity_at_ms: commit.nowMs,
    },
    receipt,
    turn: question === null ? null : turnRow(session, commit, { prompt: question, through: position - 1 }),
    withdrawn,
  };
}

function turnRow(
  session: SessionRow,
  { nowMs }: Commit,
  { prompt, through }: { readonly prompt: string; readonly through: number },
): TurnRow {
  return {
    session: session.row,
    number: session.turns,
    prompt,
    created_at_ms: nowMs,
    first_position: session.fragments,
    last_position: through,
  };
}

/** Which positions are withdrawn after a change, null where that stays as it is. */
function withdrawnAfter(
  session: SessionRow,
  { turn }: Commit,
  { change, withdrawn }: { readonly change: PositionChange; readonly withdrawn: () => Withdrawn },
): Withdrawn | null {
  if (change.withdrawn.length === 0 && change.shown.length === 0) return null;
  const before = withdrawn();
  const after = before.change({ add: change.withdrawn, remove: change.shown, revision: session.revision + 1 });
  // An answer is not lost for that.
  if (turn === null) checkStretches(after, before);
  return after;
}

/**
 * What an answer does to positions beside others of its turn: the newest is the one that the session says.
 * @param answers entries of those that are not withdrawn
 */
export function addAnswer(
  change: PositionChange,
  session: SessionRow,
  {
    answer,
    entries,
    answers,
  }: { readonly answer: NewAnswer; readonly entries: Commit['entries']; readonly answers: readonly Answered[] },
): void {
  const isNewest = answers.every(({ saidAtMs }) => saidAtMs <= answer.begunAtMs);
  for (const { position, tokens } of isNewest ? answers : []) {
    change.withdrawn.push({ from: position, through: position });
    change.tokens += tokens;
  }
  if (isNewest || entries.length === 0) return;
  const through = session.fragments + entries.length - 1;
  change.withdrawn.push({ from: session.fragments, through });
  change.tokens += entries.reduce((sum, { tokens }) => sum + tokens, 0);
}
