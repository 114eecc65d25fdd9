import { ContractError, type Degradation } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/hops.ts';
import type { ContextState } from '../context-state.ts';
import type { LogEntry, SessionRecord } from '../log/session-log.ts';
import type { SummaryNode } from '../stages/compression.ts';
import type { SearchAnswer } from '../stages/store.ts';
import { JOIN_TOKENS } from './ledger.ts';
import { recentWindow } from './recent-window.ts';
import type { Shares } from './shares.ts';

export interface WorkingSetRequest {
  /** The session as it was before the question: what the log holds behind its fragments is not looked at. */
  readonly session: SessionRecord;
  readonly question: string;
  /** 256 to 1 000 000 o200k tokens, or 0 for a working set with nothing in it. */
  readonly budgetTokens: number;
  readonly signal: AbortSignal;
}

/** Characters of each end of a long question that are read. */
const QUERY_END_CHARACTERS = 2_000;
/** Messages looked at for the recent window, and instructions. */
const MAXIMUM_RECENT = 512;
const MAXIMUM_SYSTEM = 64;

/** A question tells what it wants at its beginning or its end; nobody need read the book between them. */
export function gist(question: string): string {
  if (question.length <= 2 * QUERY_END_CHARACTERS) return question;
  return `${question.slice(0, QUERY_END_CHARACTERS)} ${question.slice(-QUERY_END_CHARACTERS)}`.toWellFormed();
}

/** Runs a step that the working set can do without; `otherwise` and a word in `degraded` when its stage fails. */
export async function orDegrade<T>(
  degraded: Degradation[],
  stage: string,
  signal: AbortSignal,
  work: () => Promise<T>,
  otherwise: () => T,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted || !(error instanceof ContractError)) throw error;
    degraded.push({ stage, code: error.code, message: error.message });
    return otherwise();
  }
}

/** What search finds for the question before its own place in the log. Tells the store first what it has missed. */
export async function searchLog(
  state: ContextState,
  { session, question, signal }: WorkingSetRequest,
  { hits: wanted }: Shares,
  degraded: Degradation[],
): Promise<SearchAnswer> {
  const last = session.fragments - 1;
  const patience = { signal, deadlineMs: state.searchDeadlineMs };
  const query = gist(question);
  return orDegrade(
    degraded,
    'store',
    signal,
    async () => {
      let found = await hop('search', () => state.store.search(session.id, query, wanted, patience));
      if (found.indexedThrough < last) {
        // The store is behind the log: an announcement was lost. Own writes must be found, so it is told first.
        state.announcer.learn(session.id, found.indexedThrough);
        await hop('announce', () => state.announcer.ensure(session.id, last, found.indexedThrough + 1));
        found = await hop('search', () => state.store.search(session.id, query, wanted, patience));
      }
      for (const id of found.unreadable) {
        degraded.push({ stage: 'store', code: 'FRAGMENT_CORRUPT', message: `${id} is damaged or missing at rest` });
      }
      const hits = found.hits.filter(({ position }) => position <= last);
      return { ...found, hits, indexedThrough: Math.min(found.indexedThrough, last) };
    },
    () => ({ hits: [], indexedThrough: -1, unreadable: [] }),
  );
}

/** Summaries of the whole session; the last ones seen when compression does not answer. */
export async function readDigest(
  state: ContextState,
  { session, signal }: WorkingSetRequest,
  { mapTokens }: Shares,
  degraded: Degradation[],
): Promise<readonly SummaryNode[]> {
  const patience = { signal, deadlineMs: state.digestDeadlineMs };
  return orDegrade(
    degraded,
    'compression',
    signal,
    () => hop('read-digest', () => state.summaries.digest(session.id, mapTokens, patience)),
    () => state.summaries.lastDigest(session.id, mapTokens),
  );
}

/** Entries with their texts. */
export interface Message {
  readonly entry: LogEntry;
  readonly text: string;
}

export interface Messages {
  readonly system: readonly Message[];
  readonly recent: readonly Message[];
  /** Positions of answers among the messages looked at. */
  readonly answers: ReadonlySet<number>;
}

/** Instructions and the latest messages, both in order of the log. */
export async function readMessages(
  state: ContextState,
  { session, signal }: WorkingSetRequest,
  { recentTokens, systemTokens }: Shares,
  degraded: Degradation[],
): Promise<Messages> {
  const range = { from: 0, through: session.fragments - 1 };
  const [instructions, latest] = await Promise.all([
    state.log.entries(session.id, { ...range, first: MAXIMUM_SYSTEM, only: 'system' }),
    state.log.entries(session.id, { ...range, first: MAXIMUM_RECENT, only: 'chat', newestFirst: true }),
  ]);
  const recent = recentWindow(
    latest.filter(({ role }) => role !== 'system'),
    recentTokens,
  );
  const system = firstThatFit(instructions, systemTokens);
  const texts = await orDegrade(
    degraded,
    'store',
    signal,
    () => readTexts(state, session.id, [...system, ...recent], signal),
    () => new Map<string, string>(),
  );
  const withText = (entry: LogEntry) => {
    const text = texts.get(entry.hash);
    return text === undefined ? [] : [{ entry, text }];
  };
  return {
    system: system.flatMap(withText),
    recent: recent.flatMap(withText),
    answers: new Set(latest.filter(({ isAnswer }) => isAnswer).map(({ position }) => position)),
  };
}

/** The first one always, since it can be clipped. */
function firstThatFit(entries: readonly LogEntry[], shareTokens: number): LogEntry[] {
  let spent = 0;
  const fitting = entries.findIndex((entry, at) => {
    spent += entry.tokens + JOIN_TOKENS;
    return at > 0 && spent > shareTokens;
  });
  return fitting === -1 ? [...entries] : entries.slice(0, fitting);
}

/** Texts by hash; what the store lacks is left out. */
export async function readTexts(
  { texts, store, searchDeadlineMs }: ContextState,
  sessionId: string,
  entries: readonly LogEntry[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const read = new Map<string, string>();
  const missing: string[] = [];
  for (const { hash } of entries) {
    const text = texts.get(hash);
    if (text !== null) read.set(hash, text);
    else if (missing.length < MAXIMUM_RECENT) missing.push(hash);
  }
  if (missing.length === 0) return read;
  const found = await store.texts(sessionId, missing, { signal, deadlineMs: searchDeadlineMs });
  for (const [at, hash] of missing.entries()) {
    const text = found[at];
    if (text === null || text === undefined) continue;
    texts.set(hash, text);
    read.set(hash, text);
  }
  return read;
}
