import { createHash, type Hash } from 'node:crypto';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import type { LearnedPart, LogEntry, SessionRecord } from './log/session-log.ts';
import type { ContextState } from './state.ts';

const ENTRIES_A_READ = 512;
/** A look at many texts, once in the life of a session. */
const TEXTS_DEADLINE_MS = 10_000;
/** Of a text that cannot be read: whoever compares sends it again. */
const UNKNOWN_HASH = '0'.repeat(64);

/**
 * Makes sure that the log knows the documents of a session of the time before it kept them: their names stand in the store, with their
 * texts. Done once in a session's life; nothing for one that was opened since.
 * @throws ContractError of the log and of the store
 */
export async function learnDocuments(state: ContextState, session: SessionRecord): Promise<void> {
  if (session.knowsDocuments) return;
  const { log, learning } = state;
  const known = learning.get(session.id);
  if (known !== undefined) return known;
  const work = hop('learn-documents', async () => log.learnDocuments(session.id, await partsOf(state, session)));
  const learned = work.finally(() => learning.delete(session.id));
  learning.set(session.id, learned);
  return learned;
}

interface OpenPart {
  readonly path: string;
  readonly from: number;
  readonly hash: Hash;
  isWhole: boolean;
  through: number;
  tokens: number;
}

/** Neighbouring fragments of one name are a part: what they were appended in is not told any more. */
async function partsOf(state: ContextState, session: SessionRecord): Promise<LearnedPart[]> {
  const parts: OpenPart[] = [];
  for (let from = 0; from < session.fragments; from += ENTRIES_A_READ) {
    const range = { from, through: session.fragments - 1, first: ENTRIES_A_READ };
    const files = (await state.log.entries(session.id, range)).filter(({ kind }) => kind === 'file');
    if (files.length > 0) await addFiles(state, session.id, files, parts);
  }
  return parts.map(({ hash, isWhole, ...part }) => ({
    ...part,
    hash: isWhole ? hash.digest('hex') : UNKNOWN_HASH,
    appendedAtMs: session.createdAtMs,
  }));
}

async function addFiles(
  { store }: ContextState,
  sessionId: string,
  files: readonly LogEntry[],
  parts: OpenPart[],
): Promise<void> {
  const hashes = files.map(({ hash }) => hash);
  const texts = await store.texts(sessionId, hashes, { deadlineMs: TEXTS_DEADLINE_MS });
  for (const [at, { position, tokens }] of files.entries()) {
    const read = texts[at];
    const last = parts.at(-1);
    const follows = last !== undefined && last.through === position - 1;
    // One that cannot be read is most likely of the file around it.
    const path = read !== undefined && 'text' in read ? read.name : follows ? last.path : null;
    if (path === null) continue;
    const part = follows && last.path === path ? last : null;
    const open = part ?? {
      path,
      from: position,
      through: position,
      tokens: 0,
      hash: createHash('sha256'),
      isWhole: true,
    };
    if (part === null) parts.push(open);
    open.through = position;
    open.tokens += tokens;
    if (read !== undefined && 'text' in read) open.hash.update(read.text);
    else open.isWhole = false;
  }
}
