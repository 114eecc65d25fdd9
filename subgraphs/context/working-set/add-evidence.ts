import type { Degradation } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import { isBroad } from '@supercontext/text/broad-questions.ts';
import type { SummaryNode } from '../calls/compression.ts';
import type { FragmentText } from '../fragment-texts.ts';
import type { LogEntry } from '../log/session-log.ts';
import { formatFragmentId } from '../session-id.ts';
import { MINIMUM_TOKENS } from '../split/split-text.ts';
import type { ContextState } from '../state.ts';
import { addSummaries } from './add-summaries.ts';
import type { Candidate } from './candidates.ts';
import { chooseEvidence } from './choose-evidence.ts';
import { modelWritten, orDegrade, readDigest, readTexts, sourceLeaves, type WorkingSetRequest } from './gather.ts';
import { gist } from './gist.ts';
import { JOIN_TOKENS } from './ledger.ts';
import { byWorth, MESSAGE_SHARE, MOST_PARTS } from './offers.ts';
import { originOfSummary } from './origin.ts';
import { passageTokensOf } from './shares.ts';
import { isShownIn, shownEntries, shownFragments } from './shown-entries.ts';
import { sourceRule } from './source-rule.ts';
import { addEntry, type Draft } from './stable-part.ts';

/** A question for an account of much is answered by the summaries of it as well. */
const VERBATIM_SHARE = 0.85;

interface Found {
  readonly degraded: Degradation[];
  /** As search ranked them, without what is shown already. */
  readonly candidates: readonly Candidate[];
  readonly digest: readonly SummaryNode[];
}

/** Fills what is left of the budget: what was found, what sums up more of it, and the rest of a session that fits. */
export async function addEvidence(
  state: ContextState,
  request: WorkingSetRequest,
  draft: Draft,
  found: Found,
): Promise<void> {
  const isWhole = isWholeSessionFitting(request, draft);
  await addFound(state, request, draft, { ...found, isWhole });
  if (isWhole) await addTheRest(state, request, draft, found.degraded);
  else await addSummed(state, request, draft, found);
}

async function addFound(
  state: ContextState,
  request: WorkingSetRequest,
  draft: Draft,
  { degraded, candidates, isWhole }: Found & { readonly isWhole: boolean },
): Promise<void> {
  const { session, signal } = request;
  const question = gist(request.question);
  const isPart = !isWhole && isBroad(question);
  const roomTokens = Math.floor(draft.ledger.leftTokens * (isPart ? VERBATIM_SHARE : 1));
  const selection = await chooseEvidence({
    question,
    candidates,
    parts: await partsOf(state, request, draft, { candidates, roomTokens }),
    roomTokens,
    passageTokens: ({ kind }) => (isWhole ? roomTokens : passageTokensOf(roomTokens, kind)),
    isSource: sourceRule(question),
    read: (entries) => hop('read-texts', () => readTexts(state, session.id, { entries, signal, degraded })),
    signal,
  });
  for (const { shown, score } of selection.passages) {
    for (const { entry, ...passage } of shown) addEntry(draft, entry, { reason: 'evidence', score, ...passage });
  }
}

/**
 * By the position of its first part, the parts of each message that may be shown as a whole: of the candidates most worth it, and
 * of those of which nothing is shown yet.
 */
async function partsOf(
  { log }: ContextState,
  request: WorkingSetRequest,
  { ledger }: Draft,
  { candidates, roomTokens }: { readonly candidates: readonly Candidate[]; readonly roomTokens: number },
): Promise<ReadonlyMap<number, readonly LogEntry[]>> {
  const most = Math.min(MOST_PARTS, Math.floor((roomTokens * MESSAGE_SHARE) / MINIMUM_TOKENS) + 1);
  const ofParts = candidates.filter(({ entry }) => entry.firstPart !== null && entry.kind === 'chat');
  if (most < 2 || ofParts.length === 0) return new Map();
  const worthy = ofParts.map(({ entry, score }) => ({ entry, score, tokens: entry.tokens })).sort(byWorth);
  const firsts = new Set<number>();
  let tokens = 0;
  for (const { entry } of worthy) {
    if (tokens > 2 * roomTokens) break;
    tokens += entry.tokens + JOIN_TOKENS;
    firsts.add(entry.firstPart as number);
  }
  // One more than may be shown: of a message with so many parts it is known that it is longer.
  const positions = new Set(
    [...firsts].flatMap((first) => Array.from({ length: most + 1 }, (_, part) => first + part)),
  );
  const mayBeShown = isShownIn(request);
  const inSet = new Set(ledger.segments.map(({ id }) => id));
  const isFree = (entry: LogEntry) => mayBeShown(entry) && !inSet.has(formatFragmentId(request.session.id, entry.hash));
  const entries = await log.entriesAt(request.session.id, [...positions]);
  const parts = Map.groupBy(entries, ({ firstPart }) => firstPart ?? -1);
  for (const [first, found] of parts) {
    if (!firsts.has(first) || found.length > most || !found.every(isFree)) parts.delete(first);
  }
  return parts;
}

/** Summaries of what was found and has no room, where words are not displaced by them. */
async function addSummed(
  state: ContextState,
  request: WorkingSetRequest,
  draft: Draft,
  { degraded, candidates, digest }: Found,
): Promise<void> {
  const { signal } = request;
  const question = gist(request.question);
  if (draft.ledger.leftTokens < SMALLEST_SUMMARY_TOKENS) return;
  const map = isBroad(question) ? await readDigest(state, request, MAP_TOKENS, degraded) : digest;
  if (map.length === 0) return;
  const positions = candidates.map(({ entry }) => entry.position);
  const options = { signal, deadlineMs: state.digestDeadlineMs };
  const overHits = await orDegrade(
    degraded,
    'compression',
    signal,
    () => hop('read-summaries', () => state.summaries.leaves(map, positions, options)),
    () => [],
  );
  const leaves = await sourceLeaves(state, request, overHits);
  for (const id of await modelWritten(state, request, [...leaves, ...map])) draft.modelNodes.add(id);
  const passageTokens = draft.ledger.leftTokens;
  addSummaries(draft, { question, candidates, leaves, passageTokens });
  if (isBroad(question)) addMap(draft, map);
}

/** For an account of much: what sums up stretches of which nothing is shown, in order of the log. */
function addMap({ ledger, coverage, modelNodes }: Draft, map: readonly SummaryNode[]): void {
  for (const node of map) {
    const { id, text, tokens, originalTokens, from, through } = node;
    if (coverage.touches(node) || coverage.includes(node)) continue;
    const segment = { kind: 'summary', id, reason: 'evidence', score: 0, text, tokens, from, through } as const;
    const isAdded = ledger.add({ ...segment, verbatim: false, ...originOfSummary(modelNodes.has(id)) });
    if (isAdded) coverage.add(node, originalTokens);
  }
}

/** Less holds no summary. */
const SMALLEST_SUMMARY_TOKENS = 64;
/** Of the summaries of the whole session that lead to those of its stretches. */
const MAP_TOKENS = 4_096;

/** Whether all that is not shown in its own words yet has room. */
function isWholeSessionFitting({ session }: WorkingSetRequest, { ledger }: Draft): boolean {
  const shown = ledger.segments.filter(({ kind, verbatim }) => kind === 'fragment' && verbatim);
  const tokens = session.tokens - shown.reduce((sum, segment) => sum + segment.tokens, 0);
  return tokens + (shownFragments(session) - shown.length) * JOIN_TOKENS <= ledger.leftTokens;
}

/** Texts that the store gives at once. */
const TEXTS_A_READ = 512;

/** The sources of a session that fits are shown whole: what no word of the question led to comes last, in order of the log. */
async function addTheRest(
  state: ContextState,
  request: WorkingSetRequest,
  draft: Draft,
  degraded: Degradation[],
): Promise<void> {
  const { session, question, signal } = request;
  // What only a sentence is shown of, as what is to be kept to, is shown whole.
  const inSet = new Set(draft.ledger.segments.flatMap(({ id, verbatim }) => (verbatim ? [id] : [])));
  const isSource = sourceRule(question);
  for (let from = 0; from < shownFragments(session); from += TEXTS_A_READ) {
    signal.throwIfAborted();
    const some = await shownEntries(state.log, request, { from, count: TEXTS_A_READ });
    // The log may list a fragment at several places.
    const entries = some.filter(({ hash }) => !inSet.has(formatFragmentId(session.id, hash)));
    const texts = await readTexts(state, session.id, { entries, signal, degraded });
    for (const entry of entries) {
      const id = formatFragmentId(session.id, entry.hash);
      if (inSet.has(id)) continue;
      inSet.add(id);
      addRead(draft, entry, texts.get(entry.hash), isSource);
    }
  }
}

function addRead(
  draft: Draft,
  entry: LogEntry,
  read: FragmentText | undefined,
  isSource: (entry: LogEntry, text: string) => boolean,
): void {
  if (read === undefined || !isSource(entry, read.text)) return;
  addEntry(draft, entry, { reason: 'evidence', score: 0, ...read });
}
