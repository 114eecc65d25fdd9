import { crc32 } from 'node:zlib';
import { EMPTY_LOG_DIGEST } from '@supercontext/runtime/log-digest.ts';
import { stepsInSlices } from '@supercontext/runtime/process/in-slices.ts';
import { sealValue } from '@supercontext/runtime/redis/checked-value.ts';
import type { RedisCommand } from '@supercontext/runtime/redis/command.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { applyDocuments } from './document-rules.ts';
import { type Answered, addAnswer, grownSession } from './grow-session.ts';
import { newRows } from './new-rows.ts';
import { documentField, OpenDocuments } from './redis-documents.ts';
import { encodeEntry, markOf, RECORD_BYTES } from './redis-records.ts';
import {
  ENTRIES_A_FIELD,
  MARKS_A_FIELD,
  openJson,
  placeOf,
  type ReadSession,
  SessionEdit,
  type SessionHead,
  sessionKey,
  withdrawnOf,
} from './redis-session.ts';
import type { EntryRow, FactsRow, ReceiptRow, SessionRow } from './schema.ts';
import type { Commit } from './session-log.ts';

/** A receipt as it is kept, with what tells the commit that wrote it from another one under the same key. */
export interface KeptReceipt extends ReceiptRow {
  readonly nonce: string;
}

export function receiptField(key: string): string {
  return `r${key}`;
}

/** What a commit must know of its session beside its head, and where in the values it stands. */
export interface CommitNeeds {
  readonly fields: readonly string[];
  readonly paths: readonly string[];
}

const RECEIPT = 0;
const WITHDRAWN = 1;
const ANSWERS = 2;
const FIRST_TURN = 3;
const FIRST_PATH = 4;

export function needsOf({ key, documents = [], removes = [], turn }: Commit): CommitNeeds {
  const paths = [...new Set([...removes, ...documents.map(({ path }) => path)])];
  const answers = turn !== null && 'answers' in turn ? `a${turn.answers}` : 'a';
  return { fields: [receiptField(key), 'w', answers, 't0', ...paths.map(documentField)], paths };
}

/** The receipt under the commit's key, null when there is none. @throws ContractError STORAGE_CORRUPT */
export function receiptIn({ session, values }: ReadSession, key: string): KeptReceipt | null {
  const sealed = values[RECEIPT];
  return sealed ? openJson<KeptReceipt>(placeOf(session.id, receiptField(key)), sealed) : null;
}

/** What a commit makes of a session: to be applied, with the head it leaves. */
export interface PreparedCommit {
  readonly receipt: ReceiptRow;
  readonly session: SessionRow;
  /** Whether it was done; false when somebody else was first. What is done `beside` it is done in either case. */
  readonly apply: (redis: RedisClient, beside: readonly RedisCommand[]) => Promise<boolean>;
}

/**
 * Works out what a commit does, by the rules that every log goes by. Rests between slices of a large one.
 * @param nonce kept with the receipt
 * @throws ContractError as SessionLog.commit
 */
export async function prepareCommit(
  read: ReadSession,
  commit: Commit,
  { needs, nonce }: { readonly needs: CommitNeeds; readonly nonce: string },
): Promise<PreparedCommit> {
  const { session } = read;
  const edit = new SessionEdit(session.id, read.fields);
  const documents = new OpenDocuments(session, needs.paths, read.values.slice(FIRST_PATH));
  const change = applyDocuments(session, documents, commit);
  const withdrawn = withdrawnOf(read, read.values[WITHDRAWN] ?? null);
  const { turn, entries } = commit;
  if (turn !== null && 'answers' in turn) {
    const answers = answersIn(read, turn.answers);
    const shown = answers.filter(({ position }) => !withdrawn.has(position));
    addAnswer(change, session, { answer: turn, entries, answers: shown });
    if (entries.length > 0)
      edit.setJson(`a${turn.answers}`, [...answers, ...answersOf(session, commit)], { isNew: answers.length === 0 });
  }
  const about = { change, withdrawn: () => withdrawn, firstQuestion: () => firstQuestionIn(read) };
  const growth = grownSession(session, commit, about);
  const { digest, marks } = await addEntries(edit, read, commit);
  edit.setJson(receiptField(commit.key), { ...growth.receipt, nonce }, { isNew: true });
  if (growth.turn !== null) edit.setJson(`t${growth.turn.number}`, growth.turn, { isNew: true });
  if (growth.withdrawn !== null) {
    const isNew = (read.values[WITHDRAWN] ?? null) === null;
    edit.set('w', sealValue(placeOf(session.id, 'w'), growth.withdrawn.encode()), { isNew });
  }
  // Several processes have several clocks: a session is never used before it was.
  const last_activity_at_ms = Math.max(session.last_activity_at_ms ?? 0, growth.session.last_activity_at_ms ?? 0);
  const grown = { ...growth.session, last_activity_at_ms };
  const head = { session: grown, digest, marks, paths: read.paths + documents.write(edit) };
  const apply: PreparedCommit['apply'] = (redis, beside) => edit.apply(redis, read.sealedHead, { ...head, beside });
  return { receipt: growth.receipt, session: grown, apply };
}

/** @throws ContractError STORAGE_CORRUPT */
export function firstQuestionIn({ session, values }: ReadSession): string | null {
  const sealed = values[FIRST_TURN];
  return sealed ? openJson<{ prompt: string }>(placeOf(session.id, 't0'), sealed).prompt : null;
}

function answersIn({ session, values }: ReadSession, turn: number): readonly Answered[] {
  const sealed = values[ANSWERS];
  return sealed ? openJson<readonly Answered[]>(placeOf(session.id, `a${turn}`), sealed) : [];
}

/** The entries of a new answer that count as such. */
function answersOf(session: SessionRow, { entries, turn }: Commit): Answered[] {
  const begunAtMs = turn !== null && 'answers' in turn ? turn.begunAtMs : 0;
  return entries.flatMap(({ kind, role, tokens, facts }, at) =>
    kind === 'chat' && role === 'assistant'
      ? [{ position: session.fragments + at, tokens, saidAtMs: facts === null ? begunAtMs : (facts.occurredAtMs ?? 0) }]
      : [],
  );
}

/** Adds the rows of a commit behind those there are; digest and marks of the log with them. */
async function addEntries(
  edit: SessionEdit,
  { session, digest, marks }: SessionHead,
  commit: Commit,
): Promise<{ readonly digest: string; readonly marks: number }> {
  const records: Buffer[] = [];
  const newMarks = Buffer.alloc(commit.entries.length);
  const facts: FactsRow[] = [];
  const place = sessionKey(session.id);
  const before = session.fragments === 0 ? EMPTY_LOG_DIGEST : Buffer.from(digest, 'hex');
  const rows = newRows(session, commit, before);
  function* steps(): Generator<void, Uint8Array> {
    for (;;) {
      const { done, value } = rows.next();
      if (done) return value;
      const entry: EntryRow = value.entry;
      newMarks[records.length] = markOf(entry);
      records.push(encodeEntry(place, entry));
      if (value.facts !== null) facts.push(value.facts);
      yield;
    }
  }
  const after = await stepsInSlices(steps());
  const bytes = Buffer.concat(records);
  for (const [field, part, length] of fieldsOf(bytes, session.fragments, {
    itemBytes: RECORD_BYTES,
    items: ENTRIES_A_FIELD,
  })) {
    edit.append(`e${field}`, part, length);
  }
  for (const [field, part, length] of fieldsOf(newMarks, session.fragments, { itemBytes: 1, items: MARKS_A_FIELD })) {
    edit.append(`k${field}`, part, length);
  }
  for (const row of facts) edit.setJson(`f${row.position}`, row, { isNew: true });
  return { digest: Buffer.from(after).toString('hex'), marks: crc32(newMarks, marks) };
}

/** What is added to which field of many, and how long each is before. */
function* fieldsOf(
  bytes: Buffer,
  from: number,
  { itemBytes, items }: { readonly itemBytes: number; readonly items: number },
): Generator<readonly [number, Buffer, number]> {
  for (let start = 0; start < bytes.length; ) {
    const position = from + start / itemBytes;
    const within = position % items;
    const end = Math.min(bytes.length, start + (items - within) * itemBytes);
    yield [Math.floor(position / items), bytes.subarray(start, end), within * itemBytes];
    start = end;
  }
}
