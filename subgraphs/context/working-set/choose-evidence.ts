import { inSlices } from '@supercontext/runtime/process/in-slices.ts';
import { asksOfEarlierAnswers, onlyAsks } from '@supercontext/text/questions.ts';
import { termSetOf } from '@supercontext/text/terms.ts';
import type { SummaryNode } from '../calls/compression.ts';
import type { Hit } from '../calls/store.ts';
import type { LogEntry } from '../log/session-log.ts';
import { formatFragmentId } from '../session-id.ts';
import { countTokens } from '../split/count-tokens.ts';
import { clipText } from './clip-text.ts';
import type { Coverage } from './coverage.ts';
import { excerpt } from './excerpt.ts';
import type { Ledger } from './ledger.ts';
import { NearDuplicates } from './near-duplicates.ts';
import { leastShare, type Relevance } from './shares.ts';
import { weighTerms } from './terms.ts';

/** The best hits may spend this share of the room on their own words before summaries have their turn. */
const VERBATIM_FIRST = 0.6;
/** Less than this holds no sentence. */
const SMALLEST_PIECE_TOKENS = 24;
const HITS_FOR_A_SUMMARY = 2;
/** How much the passage counts beside the fragment it stands in. */
const FIT = 0.5;

export interface EvidenceRequest {
  readonly sessionId: string;
  readonly question: string;
  /** As search ranked them. */
  readonly hits: readonly Hit[];
  /** What the log says of the hits, by position. */
  readonly entries: ReadonlyMap<number, LogEntry>;
  /** Lowest nodes of the summary tree over the hits, where there are any. */
  readonly leaves: readonly SummaryNode[];
  readonly pieceTokens: number;
  readonly relevance: Relevance;
  readonly signal?: AbortSignal;
}

/**
 * Fills what is left of the budget with what was found for the question, the best first: whole fragments where they fit
 * their share, else the passage that fits the question. What several lesser hits of one stretch would say at length, the
 * stretch's summary says in short; never both. Nothing is said twice, and nothing is shown that is not worth its reading.
 * Works in slices: hundreds of candidates take longer than others can wait.
 */
export async function chooseEvidence(ledger: Ledger, coverage: Coverage, request: EvidenceRequest): Promise<void> {
  const { signal } = request;
  const pieceTokens = Math.min(request.pieceTokens, ledger.leftTokens);
  const candidates = await candidatesOf(request, signal);
  const terms = await inSlices(candidates, ({ text }) => termSetOf(text), signal);
  const weights = weighTerms(termSetOf(request.question), terms);
  const ranked = await rank(candidates, weights, pieceTokens, signal);
  const best = ranked[0]?.score ?? 0;
  const passages = ranked.filter(({ score }) => score >= best * request.relevance.least);
  let shownPieces = 0;
  const isWorthReading = (score: number) => score >= best * leastShare(request.relevance, shownPieces);
  const chosen = new Set<number>();
  const summarized: SummaryNode[] = [];
  const repeated = new NearDuplicates();
  const addPassage = ({ hit, score, text }: Passage): void => {
    const { position: at } = hit;
    if (!isWorthReading(score) || chosen.has(at) || summarized.some((node) => isWithin(node, at))) return;
    const isWhole = hit.tokens <= ledger.leftTokens && text === hit.text;
    const left = ledger.leftTokens;
    if (left < SMALLEST_PIECE_TOKENS && !isWhole) return;
    const shown = isWhole ? text : clipText(text, left);
    if (shown === '' || repeated.isRepeated(hit.text)) return;
    const segment = {
      kind: 'fragment',
      id: formatFragmentId(request.sessionId, hit.hash),
      reason: 'evidence',
    } as const;
    const range = { from: at, through: at };
    const count = isWhole ? hit.tokens : countTokens(shown);
    if (!ledger.add({ ...segment, ...range, score, text: shown, verbatim: isWhole, tokens: count })) return;
    chosen.add(at);
    shownPieces++;
    coverage.add(range, hit.tokens);
  };

  const verbatimUntil = ledger.spentTokens + ledger.leftTokens * (request.leaves.length === 0 ? 1 : VERBATIM_FIRST);
  const addWhileRoomy = (passage: Passage) => {
    if (ledger.spentTokens < verbatimUntil) addPassage(passage);
  };
  await inSlices(passages, addWhileRoomy, signal);
  for (const { node, score } of denseLeaves(request.leaves, passages, chosen, pieceTokens)) {
    const { id, from, through } = node;
    const isWhole = node.tokens <= pieceTokens;
    const fitting = excerpt({ text: node.text, name: null }, weights, pieceTokens);
    if (!isWorthReading(weigh(score, fitting.fit))) continue;
    const text = isWhole ? node.text : fitting.text;
    const tokens = isWhole ? node.tokens : countTokens(text);
    if (ledger.leftTokens < tokens || ledger.segments.some((segment) => segment.id === id)) continue;
    if (coverage.touches(node) && !coverage.includes(node)) continue;
    if (repeated.isRepeated(text)) continue;
    const segment = { kind: 'summary', id, reason: 'evidence', verbatim: false } as const;
    if (!ledger.add({ ...segment, score, text, tokens, from, through })) continue;
    summarized.push(node);
    shownPieces++;
    coverage.add(node, node.originalTokens);
  }
  await inSlices(passages, addPassage, signal);
}

/** What would be shown of a hit: all of it, or the passage that fits the question. */
interface Passage {
  readonly hit: Hit;
  readonly text: string;
  /** 0-1 and a little over: what search says of the fragment, and how well what is shown of it fits. */
  readonly score: number;
}

/**
 * Whether a text of the log may be shown as a source: not what a model wrote, unless the question is about that, since what it
 * was made from is in the log, too; and no question of an earlier turn that only asks.
 */
export function sourceRule(question: string): (entry: LogEntry | undefined, text: string) => boolean {
  const wantsAnswers = asksOfEarlierAnswers(question);
  return (entry, text) => {
    if (entry === undefined || entry.turn === null) return true;
    return entry.isAnswer ? wantsAnswers : !onlyAsks(text);
  };
}

async function candidatesOf(
  { question, hits, entries }: EvidenceRequest,
  signal: AbortSignal | undefined,
): Promise<readonly Hit[]> {
  const isSource = sourceRule(question);
  const are = await inSlices(hits, ({ position, text }) => isSource(entries.get(position), text), signal);
  return hits.filter((_, at) => are[at]);
}

async function rank(
  candidates: readonly Hit[],
  weights: ReadonlyMap<string, number>,
  pieceTokens: number,
  signal: AbortSignal | undefined,
): Promise<Passage[]> {
  const best = Math.max(Number.MIN_VALUE, ...candidates.map(({ score }) => score));
  const needsExcerpts = candidates.some(({ tokens }) => tokens > pieceTokens);
  const passageOf = (hit: Hit): Passage => {
    const found = hit.score / best;
    if (!needsExcerpts) return { hit, text: hit.text, score: found };
    const { text, fit } = excerpt(hit, weights, pieceTokens);
    const shown = hit.tokens <= pieceTokens ? hit.text : text;
    return { hit, text: shown, score: weigh(found, fit) };
  };
  const passages = await inSlices(candidates, passageOf, signal);
  return passages.sort((a, b) => b.score - a.score || a.hit.position - b.hit.position);
}

function weigh(found: number, fit: number): number {
  return (1 - FIT) * found + FIT * Math.min(fit, 1.5);
}

/** Leaves that say in fewer tokens what two or more hits left over would say in their own words, the best first. */
function denseLeaves(
  leaves: readonly SummaryNode[],
  passages: readonly Passage[],
  chosen: ReadonlySet<number>,
  pieceTokens: number,
): { readonly node: SummaryNode; readonly score: number }[] {
  return leaves
    .filter((node) => ![...chosen].some((position) => isWithin(node, position)))
    .map((node) => ({ node, within: passages.filter(({ hit }) => isWithin(node, hit.position)) }))
    .filter(({ node, within }) => {
      const verbatim = within.reduce((sum, { hit }) => sum + Math.min(hit.tokens, pieceTokens), 0);
      return within.length >= HITS_FOR_A_SUMMARY && Math.min(node.tokens, pieceTokens) < verbatim;
    })
    .map(({ node, within }) => ({ node, score: Math.max(...within.map(({ score }) => score)) }))
    .sort((a, b) => b.score - a.score);
}

function isWithin({ from, through }: SummaryNode, position: number): boolean {
  return position >= from && position <= through;
}
