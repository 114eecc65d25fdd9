import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import type { SummaryNode } from '../calls/compression.ts';
import { formatFragmentId } from '../session-id.ts';
import { clipText } from './clip-text.ts';
import { isWithin, type Leaf } from './dense-leaves.ts';
import { excerpt } from './excerpt.ts';
import { NearDuplicates } from './near-duplicates.ts';
import { originOf, originOfSummary } from './origin.ts';
import { type Passage, withFit } from './rank-passages.ts';
import { leastShare, type Relevance } from './shares.ts';
import type { Draft } from './stable-part.ts';

/** Less than this holds no sentence. */
const SMALLEST_PASSAGE_TOKENS = 24;

/** The evidence of one working set in the making: takes what is offered if it fits, is new, and is worth its reading. */
export class Selection {
  /** Log positions of which something is shown. */
  readonly positions = new Set<number>();
  readonly #draft: Draft;
  readonly #best: number;
  readonly #relevance: Relevance;
  readonly #summaries: SummaryNode[] = [];
  readonly #repeated = new NearDuplicates();
  #shown = 0;

  /** @param best What the best passage scores. */
  constructor(draft: Draft, { best, relevance }: { readonly best: number; readonly relevance: Relevance }) {
    this.#draft = draft;
    this.#best = best;
    this.#relevance = relevance;
  }

  offerPassage({ hit, entry, score, text }: Passage): void {
    const { sessionId, ledger, coverage } = this.#draft;
    const { position: at } = hit;
    if (!this.#isWorthReading(score) || this.positions.has(at)) return;
    if (this.#summaries.some((node) => isWithin(node, at))) return;
    const left = ledger.leftTokens;
    const isWhole = hit.tokens <= left && text === hit.text;
    if (left < SMALLEST_PASSAGE_TOKENS && !isWhole) return;
    const shown = isWhole ? text : clipText(text, left);
    if (shown === '' || this.#repeated.isRepeated(hit.text)) return;
    const range = { from: at, through: at };
    const segment = {
      kind: 'fragment',
      id: formatFragmentId(sessionId, hit.hash),
      reason: 'evidence',
      score,
      text: shown,
      tokens: isWhole ? hit.tokens : countTokens(shown),
      ...range,
      verbatim: isWhole,
      ...originOf(entry, hit.name),
    } as const;
    if (!ledger.add(segment)) return;
    this.positions.add(at);
    this.#shown++;
    coverage.add(range, hit.tokens);
  }

  /** Whole where it fits its share, else the sentences of it that fit the question. */
  offerSummary({ node, score }: Leaf, weights: ReadonlyMap<string, number>, passageTokens: number): void {
    const { ledger, coverage, modelNodes } = this.#draft;
    const { id, from, through } = node;
    const isWhole = node.tokens <= passageTokens;
    const fitting = excerpt({ text: node.text, name: null }, weights, passageTokens);
    if (!this.#isWorthReading(withFit(score, fitting.fit))) return;
    const text = isWhole ? node.text : fitting.text;
    const tokens = isWhole ? node.tokens : countTokens(text);
    if (ledger.leftTokens < tokens || ledger.segments.some((segment) => segment.id === id)) return;
    if (coverage.touches(node) && !coverage.includes(node)) return;
    if (this.#repeated.isRepeated(text)) return;
    const segment = { kind: 'summary', id, reason: 'evidence', score, text, tokens, from, through } as const;
    if (!ledger.add({ ...segment, verbatim: false, ...originOfSummary(modelNodes.has(id)) })) return;
    this.#summaries.push(node);
    this.#shown++;
    coverage.add(node, node.originalTokens);
  }

  #isWorthReading(score: number): boolean {
    return score >= this.#best * leastShare(this.#relevance, this.#shown);
  }
}
