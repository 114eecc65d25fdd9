import { ContractError, type Degradation, type ErrorCode } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import { asksOfEarlierAnswers } from '@supercontext/text/earlier-answers.ts';
import type { SummaryNode } from '../calls/compression.ts';
import type { FragmentText } from '../fragment-texts.ts';
import type { LogEntry, SessionRecord } from '../log/session-log.ts';
import type { ContextState } from '../state.ts';
import { gist } from './gist.ts';
import { JOIN_TOKENS } from './ledger.ts';
import { recentWindow } from './recent-window.ts';
import type { Shares } from './shares.ts';
import { isShownIn, newestMessages, type ShownEntries } from './shown-entries.ts';

export interface WorkingSetRequest extends ShownEntries {
  /** The session as it was before the question: what the log holds behind its fragments is not looked at. */
  readonly session: SessionRecord;
  readonly question: string;
  /** 256 to 1 000 000 o200k tokens, or 0 for a working set with nothing in it. */
  readonly budgetTokens: number;
  readonly signal: AbortSignal;
}

/** Messages looked at for the recent window, and instructions. */
const MAXIMUM_RECENT = 512;
const MAXIMUM_SYSTEM = 64;

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

/** In words. */
export function count(fragments: number): string {
  return fragments === 1 ? '1 fragment' : `${fragments} fragments`;
}

const PLACES_NAMED = 16;

/** The first ones named. */
export function places(positions: readonly number[], of: number): string {
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

/** Compression makes no smaller one: it would hold no summary. */
const SMALLEST_DIGEST_TOKENS = 64;

/** Summaries of the whole session; the last ones seen when compression does not answer. */
export async function readDigest(
  state: ContextState,
  { session, signal }: WorkingSetRequest,
  budgetTokens: number,
  degraded: Degradation[],
): Promise<readonly SummaryNode[]> {
  if (budgetTokens < SMALLEST_DIGEST_TOKENS) return [];
  const options = { signal, deadlineMs: state.digestDeadlineMs };
  const about = { sessionId: session.id, withdrawnDigest: session.withdrawn.digest, budgetTokens };
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
