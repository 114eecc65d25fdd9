import { type Segment, type Tokens, tokens, type WorkingSet } from '@supercontext/contract';
import type { ContextStage } from './calls/context.ts';
import type { QuestionPart } from './model/language-model.ts';
import { splitQuestion } from './reader/split-question.ts';

/** Less than this finds nothing worth the search. */
const LEAST_PART_TOKENS = 256;
/** What separates two segments. */
const SEPARATOR_TOKENS = 1;

/** How a question is looked for: as a whole, and where it has parts each of them, all within one budget. */
export interface PlannedSearch {
  readonly wholeTokens: number;
  /** None where it is looked for as a whole only. */
  readonly parts: readonly string[];
  readonly partTokens: number;
}

/** Half of the budget for the whole question, the rest for its parts; all of it where it has none, or where that would be too little. */
export function planSearch(question: string, budgetTokens: number): PlannedSearch {
  const parts = splitQuestion(question);
  const partTokens = Math.floor(budgetTokens / 2 / parts.length);
  if (parts.length < 2 || partTokens < LEAST_PART_TOKENS)
    return { wholeTokens: budgetTokens, parts: [], partTokens: 0 };
  return { wholeTokens: Math.floor(budgetTokens / 2), parts, partTokens };
}

/** What is found for each part. Throws as the context stage does. */
export function searchParts(
  context: Pick<ContextStage, 'workingSet'>,
  sessionId: string,
  { parts, partTokens }: PlannedSearch,
): Promise<readonly WorkingSet[]> {
  return Promise.all(parts.map((prompt) => context.workingSet({ sessionId, prompt, budgetTokens: partTokens })));
}

/** The evidence of all as one working set, each text once, and what of it is each part's. */
export function mergeParts(
  whole: WorkingSet,
  found: readonly WorkingSet[],
  { parts }: PlannedSearch,
  budgetTokens: number,
): { readonly workingSet: WorkingSet; readonly parts: readonly QuestionPart[] } {
  if (parts.length === 0) return { workingSet: { ...whole, budgetTokens: tokens(budgetTokens) }, parts: [] };
  const keyOf = ({ id, text }: Segment) => `${id}\n${text}`;
  const known = new Map(whole.segments.map((segment) => [keyOf(segment), segment]));
  const added: Segment[] = [];
  const perPart = found.map(({ segments }) =>
    segments
      .filter(({ reason }) => reason === 'evidence')
      .map((segment) => {
        const same = known.get(keyOf(segment));
        if (same !== undefined) return same;
        known.set(keyOf(segment), segment);
        added.push(segment);
        return segment;
      }),
  );
  const addedTokens = added.reduce((sum, segment) => sum + segment.tokens + SEPARATOR_TOKENS, 0);
  const isNew = new Set(added.filter(({ kind }) => kind === 'fragment').map(({ id }) => id));
  for (const { id } of whole.segments) isNew.delete(id);
  const workingSet: WorkingSet = {
    ...whole,
    budgetTokens: tokens(budgetTokens),
    tokens: (whole.tokens + addedTokens) as Tokens,
    segments: [...whole.segments, ...added],
    omitted: {
      fragments: Math.max(0, whole.omitted.fragments - isNew.size),
      tokens: tokens(Math.max(0, whole.omitted.tokens - addedTokens)),
    },
  };
  const ofWhole = whole.segments.filter(({ reason }) => reason === 'evidence');
  return {
    workingSet,
    parts: parts.map((question, at) => ({
      question,
      // What was found for the part comes first, then what was found for all.
      evidence: [...new Set([...(perPart[at] ?? []), ...ofWhole])],
      confidence: found[at]?.confidence ?? null,
    })),
  };
}
