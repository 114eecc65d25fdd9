import { ContractError } from '@supercontext/contract';

/** The budgets a working set can be made for. */
export const BUDGET_TOKENS = { from: 256, through: 1_000_000 } as const;

/**
 * What evidence has to score to be worth its reading, as a share of what the best scores. The first passages have
 * to be no noise; each further one has to be nearer to the best, since the model has to read it and the user waits for
 * that. So a turn does not cost more the more a session says on a matter, unless it is all equally good.
 */
export interface Relevance {
  /** 0-1, for the first passages. */
  readonly least: number;
  /** How many those are. */
  readonly firstPassages: number;
  /** Added for each further one. */
  readonly rise: number;
}

/** The share, 0-1, that the next passage needs when `shown` are shown. */
export function leastShare({ least, firstPassages, rise }: Relevance, shown: number): number {
  return Math.min(1, least + rise * Math.max(0, shown + 1 - firstPassages));
}

/** How a budget is divided. All but the evidence depends on the budget alone, so that the stable part stays stable. */
export interface Shares {
  /** At most, for instructions. */
  readonly systemTokens: number;
  /** At most, for summaries of the whole session. */
  readonly digestTokens: number;
  /** How large a digest to ask for: one too large to be shown still leads to the summaries of what was found. */
  readonly mapTokens: number;
  /** At most, for the latest turns. */
  readonly recentTokens: number;
  /** At most, for one passage of evidence: several short ones say more than one long one while the budget is small. */
  readonly passageTokens: number;
  /** How many hits to ask search for. */
  readonly hits: number;
  readonly relevance: Relevance;
}

/** Under this budget a digest seldom fits, and a session is not shown whole. */
export const ROOMY_BUDGET_TOKENS = 4_096;
const MAP_TOKENS = 4_096;
/** A large budget can afford some noise; the model that has a small one is confused by it, and slow to read. */
const RELEVANCE = {
  small: { least: 0.6, firstPassages: 4, rise: 0.13 },
  roomy: { least: 0.25, firstPassages: 0, rise: 0 },
} as const satisfies Record<string, Relevance>;
const PASSAGES = 8;
const SMALLEST_PASSAGE_TOKENS = 80;
const HITS = { from: 24, through: 200 } as const;

export function sharesOf(budgetTokens: number): Shares {
  const isRoomy = budgetTokens >= ROOMY_BUDGET_TOKENS;
  const digestTokens = Math.floor(budgetTokens * 0.08);
  return {
    systemTokens: Math.floor(budgetTokens * 0.15),
    digestTokens,
    mapTokens: isRoomy ? digestTokens : MAP_TOKENS,
    recentTokens: Math.floor(budgetTokens * 0.2),
    passageTokens: Math.max(SMALLEST_PASSAGE_TOKENS, Math.floor((budgetTokens * 0.72) / PASSAGES)),
    hits: Math.min(HITS.through, Math.max(HITS.from, Math.ceil(budgetTokens / 250))),
    relevance: isRoomy ? RELEVANCE.roomy : RELEVANCE.small,
  };
}

/** @throws ContractError BUDGET_EXCEEDED with the range */
export function checkBudget(budgetTokens: number): void {
  const { from, through } = BUDGET_TOKENS;
  if (budgetTokens >= from && budgetTokens <= through) return;
  throw new ContractError('BUDGET_EXCEEDED', `budgetTokens: ${from} to ${through}, got ${budgetTokens}`, {
    from,
    through,
  });
}
