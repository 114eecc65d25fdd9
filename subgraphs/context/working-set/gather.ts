import { ContractError, type Degradation, type ErrorCode } from '@supercontext/contract';
import { inSlices } from '@supercontext/runtime/process/in-slices.ts';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import { asksOfEarlierAnswers } from '@supercontext/text/earlier-answers.ts';
import { safeCut } from '@supercontext/text/safe-cut.ts';
import type { SummaryNode } from '../calls/compression.ts';
import type { Hit, SearchAnswer } from '../calls/store.ts';
import type { FragmentText } from '../fragment-texts.ts';
import type { LogEntry, SessionRecord } from '../log/session-log.ts';
import type { ContextState } from '../state.ts';
import { JOIN_TOKENS } from './ledger.ts';
import type { Candidate } from './rank-passages.ts';
import { recentWindow } from './recent-window.ts';
import type { Shares } from './shares.ts';
import { isShownIn, newestMessages, type ShownEntries } from './shown-entries.ts';
import { sourceRule } from './source-rule.ts';

export interface WorkingSetRequest extends ShownEntries {
  /** The session as it was before the question: what the log holds behind its fragments is not looked at. */
  readonly session: SessionRecord;
  readonly question: string;
  /** 256 to 1 000 000 o200k tokens, or 0 for a working set with nothing in it. */
  readonly budgetTokens: number;
  readonly signal: AbortSignal;
}

/** Characters of each end of a long question that are read. */
const QUERY_END_CHARACTERS = 2_000;
/** Less than a whole end, so that no word is parted. */
const CUT_CHARACTERS = 200;
/** Messages looked at for the recent window, and instructions. */
const MAXIMUM_RECENT = 512;
const MAXIMUM_SYSTEM = 64;

/** A question tells what it wants at its beginning or its end; nobody need read the book between them. */
export function gist(question: string): string {
  if (question.length <= 2 * QUERY_END_CHARACTERS) return question;
  const latest = question.length - QUERY_END_CHARACTERS;
  const beginning = question.slice(0, safeCut(question, QUERY_END_CHARACTERS, 0));
  const end = question.slice(safeCut(question, latest + CUT_CHARACTERS, latest, latest - CUT_CHARACTERS));
  return `${beginning} ${end}`.toWellFormed();
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

const NOTHING_FOUND: SearchAnswer = Object.freeze({
  hits: [],
  indexedThrough: -1,
  logDigest: '',
  withdrawnDigest: '',
  unreadable: [],
  missing: [],
  unsearchable: [],
  unsearchableCount: 0,
  degraded: [],
});

/**
 * What search finds for the question before its own place in the log. A store that is behind is told first what it has
 * missed; when that fails, what was found so far stays, as far as the log lists it, and `degraded` names the gap.
 */
async function searchLog(
  state: ContextState,
  request: WorkingSetRequest,
  wanted: number,
  degraded: Degradation[],
): Promise<SearchAnswer> {
  const { session, question, signal } = request;
  const last = session.fragments - 1;
  const options = { signal, deadlineMs: state.searchDeadlineMs };
  const query = gist(question);
  const search = () => hop('search', () => state.store.search(session.id, query, wanted, options));
  let found = await orDegrade(degraded, 'store', signal, search, () => null);
  if (found === null) return NOTHING_FOUND;
  let isSame = await isOfTheLog(state, session.id, found);
  if (!isSame || found.indexedThrough < last) {
    const retry = async () => {
      await hop('announce', () => state.replicator.settle(session.id, last, state.searchDeadlineMs));
      return search();
    };
    found = await orBehind(degraded, request, found, retry);
    isSame = await isOfTheLog(state, session.id, found);
  }
  const hits = isSame ? found.hits : await listedHits(state, session.id, found.hits);
  nameUnreadable(degraded, found);
  return {
    ...found,
    hits: hits.filter(({ position }) => position <= last),
    indexedThrough: Math.min(found.indexedThrough, last),
  };
}

/** What search found, of that what is a source, and what the log says of it. */
export interface Sources {
  readonly candidates: readonly Candidate[];
  readonly indexedThrough: number;
  /** Of what the store knew to be withdrawn. */
  readonly withdrawnDigest: string;
}

/** Search is asked for more, so many times as many each time, while too little of what it finds is a source. */
const MORE = 4;
const MOST_HITS = 1_000;

/**
 * The sources that fit the question, as many as there is use for. The questions of earlier turns fit it best when they asked the
 * same, and so do the answers: where they are all that search finds, it is asked for more.
 */
export async function findSources(
  state: ContextState,
  request: WorkingSetRequest,
  { hits: wanted }: Shares,
  degraded: Degradation[],
): Promise<Sources> {
  const isSource = sourceRule(gist(request.question));
  const isShown = isShownIn(request);
  for (let first = wanted; ; first = Math.min(first * MORE, MOST_HITS)) {
    const found = await searchLog(state, request, first, degraded);
    const positions = found.hits.map(({ position }) => position);
    const entries = await entriesOf(state, request.session.id, positions);
    const listed = found.hits.flatMap((hit) => {
      const entry = entries.get(hit.position);
      return entry === undefined || !isShown(entry) ? [] : [{ hit, entry }];
    });
    const are = await inSlices(listed, ({ hit, entry }) => isSource(entry, hit.text), request.signal);
    const candidates = listed.filter((_, at) => are[at]);
    const { indexedThrough, withdrawnDigest, unreadable, missing } = found;
    const isAll = found.hits.length + unreadable.length + missing.length < first;
    if (candidates.length >= wanted || isAll || first >= MOST_HITS) {
      return { candidates: candidates.slice(0, wanted), indexedThrough, withdrawnDigest };
    }
  }
}

function isOfTheLog(
  { replicator }: ContextState,
  sessionId: string,
  { indexedThrough, logDigest, withdrawnDigest }: SearchAnswer,
): Promise<boolean> {
  return replicator.learn(sessionId, { knownThrough: indexedThrough, digest: logDigest, withdrawnDigest });
}

/** Own writes must be found: when the store cannot be told of them, that is named with its reason. */
async function orBehind(
  degraded: Degradation[],
  { session, signal }: WorkingSetRequest,
  found: SearchAnswer,
  retry: () => Promise<SearchAnswer>,
): Promise<SearchAnswer> {
  try {
    return await retry();
  } catch (error) {
    if (signal.aborted || !(error instanceof ContractError)) throw error;
    const [through, last] = [found.indexedThrough, session.fragments - 1];
    const message = `search knows the log through position ${through} of ${last} (${error.code}: ${error.message})`;
    degraded.push({ stage: 'store', code: 'STORE_BEHIND', message });
    return found;
  }
}

/** What the log says of some positions. */
async function entriesOf(
  { log }: ContextState,
  sessionId: string,
  positions: readonly number[],
): Promise<ReadonlyMap<number, LogEntry>> {
  const entries = await log.entriesAt(sessionId, positions);
  return new Map(entries.map((entry) => [entry.position, entry]));
}

/** Those hits that are what the log says: a copy that differs may have found what was discarded. */
async function listedHits(state: ContextState, sessionId: string, hits: readonly Hit[]): Promise<readonly Hit[]> {
  const positions = hits.map(({ position }) => position);
  const entries = await entriesOf(state, sessionId, positions);
  return hits.filter(({ position, hash }) => entries.get(position)?.hash === hash);
}

function nameUnreadable(
  degraded: Degradation[],
  { unreadable, missing, unsearchable, unsearchableCount, degraded: withoutMeaning }: SearchAnswer,
): void {
  for (const { code, message } of withoutMeaning) degraded.push({ stage: 'store', code, message });
  for (const id of unreadable) {
    degraded.push({ stage: 'store', code: 'FRAGMENT_CORRUPT', message: `${id} is damaged at rest` });
  }
  for (const id of missing) {
    degraded.push({ stage: 'store', code: 'FRAGMENT_MISSING', message: `${id} is missing at rest` });
  }
  if (unsearchableCount === 0) return;
  const message = `search cannot find ${count(unsearchableCount)}, missing or damaged at rest: ${places(unsearchable, unsearchableCount)}`;
  degraded.push({ stage: 'store', code: 'FRAGMENT_MISSING', message });
}

function count(fragments: number): string {
  return fragments === 1 ? '1 fragment' : `${fragments} fragments`;
}

const PLACES_NAMED = 16;

function places(positions: readonly number[], of: number): string {
  const named = positions.slice(0, PLACES_NAMED);
  return `position ${named.join(', ')}${of > named.length ? ', …' : ''}`;
}

/**
 * Those of the leaves that may be shown as evidence: not what sums up what a model answered, which would come back as a source, unless
 * the question is about that.
 */
export async function sourceLeaves(
  { log }: ContextState,
  { session, question }: WorkingSetRequest,
  leaves: readonly SummaryNode[],
): Promise<readonly SummaryNode[]> {
  if (asksOfEarlierAnswers(gist(question))) return leaves;
  const chats = await Promise.all(
    leaves.map(({ from, through }) =>
      log.entries(session.id, { from, through, first: through - from + 1, only: 'chat' }),
    ),
  );
  return leaves.filter(
    (_, at) => !chats[at]?.some(({ isAnswer, position }) => isAnswer && !session.withdrawn.has(position)),
  );
}

/** Ids of the nodes that cover something a model wrote: a summary quotes what it covers. */
export async function modelWritten(
  { log }: ContextState,
  { session }: WorkingSetRequest,
  nodes: readonly SummaryNode[],
): Promise<ReadonlySet<string>> {
  const found = await Promise.all(
    nodes.map(({ from, through }) => log.entries(session.id, { from, through, first: 1, only: 'assistant' })),
  );
  return new Set(nodes.filter((_, at) => (found[at]?.length ?? 0) > 0).map(({ id }) => id));
}

/** Summaries of the whole session; the last ones seen when compression does not answer. */
export async function readDigest(
  state: ContextState,
  { session, signal }: WorkingSetRequest,
  { mapTokens }: Shares,
  degraded: Degradation[],
): Promise<readonly SummaryNode[]> {
  const options = { signal, deadlineMs: state.digestDeadlineMs };
  const about = { sessionId: session.id, withdrawnDigest: session.withdrawn.digest, budgetTokens: mapTokens };
  const digest = await orDegrade(
    degraded,
    'compression',
    signal,
    () => hop('read-digest', () => state.summaries.digest(about, options)),
    () => state.summaries.lastDigest(about),
  );
  // Of a log that was longer once, and is not known there to have been cut back yet.
  return digest.filter(({ through }) => through < session.fragments);
}

/** Entries with their texts. */
export interface Message extends FragmentText {
  readonly entry: LogEntry;
}

export interface Messages {
  readonly system: readonly Message[];
  readonly recent: readonly Message[];
}

/** Instructions and the latest messages, both in order of the log. */
export async function readMessages(
  state: ContextState,
  request: WorkingSetRequest,
  { recentTokens, systemTokens }: Shares,
  degraded: Degradation[],
): Promise<Messages> {
  const { session, signal } = request;
  const range = { from: 0, through: session.fragments - 1, first: MAXIMUM_SYSTEM, only: 'system' } as const;
  const [instructions, latest] = await Promise.all([
    state.log.entries(session.id, range),
    newestMessages(state.log, request, MAXIMUM_RECENT),
  ]);
  const recent = recentWindow(latest, recentTokens);
  const system = firstThatFit(instructions.filter(isShownIn(request)), systemTokens);
  const texts = await readTexts(state, session.id, { entries: [...system, ...recent], signal, degraded });
  const withText = (entry: LogEntry) => {
    const read = texts.get(entry.hash);
    return read === undefined ? [] : [{ entry, ...read }];
  };
  return {
    system: system.flatMap(withText),
    recent: recent.flatMap(withText),
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

/**
 * Texts by hash: those at hand, and those the store has. What cannot be read is left out and named in `degraded`; when the
 * store does not answer, that is what it is named with.
 */
export async function readTexts(
  { texts, store, searchDeadlineMs }: ContextState,
  sessionId: string,
  {
    entries,
    signal,
    degraded,
  }: {
    readonly entries: readonly LogEntry[];
    readonly signal: AbortSignal;
    readonly degraded: Degradation[];
  },
): Promise<Map<string, FragmentText>> {
  const read = new Map<string, FragmentText>();
  const wanted: LogEntry[] = [];
  for (const entry of entries) {
    const text = texts.get(entry.hash);
    if (text !== undefined) read.set(entry.hash, text);
    else if (wanted.length < MAXIMUM_RECENT) wanted.push(entry);
  }
  if (wanted.length === 0) return read;
  const hashes = wanted.map(({ hash }) => hash);
  const ask = () => store.texts(sessionId, hashes, { signal, deadlineMs: searchDeadlineMs });
  const found = await orDegrade(degraded, 'store', signal, ask, () => []);
  const unread = new Map<ErrorCode, number[]>();
  for (const [at, result] of found.entries()) {
    const { hash, position } = wanted[at] as LogEntry;
    if ('text' in result) {
      texts.set(hash, result);
      read.set(hash, result);
    } else unread.set(result.code, [...(unread.get(result.code) ?? []), position]);
  }
  for (const [code, positions] of unread) {
    const message = `${count(positions.length)} of the log cannot be read: ${places(positions, positions.length)}`;
    degraded.push({ stage: 'store', code, message });
  }
  return read;
}
