import { ContractError } from '@supercontext/contract';

/** The budgets a working set can be made for. */
export const BUDGET_TOKENS = { from: 256, through: 1_000_000 } as const;

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
  /** At most, for one piece of evidence: several short ones say more than one long one while the budget is small. */
  readonly pieceTokens: number;
  /** How many hits to ask search for. */
  readonly hits: number;
  /** What scores less than this share of the best is noise; a large budget can afford some. */
  readonly relevance: number;
}

/** Under this budget a digest seldom fits, and a session is not shown whole. */
export const ROOMY_BUDGET_TOKENS = 4_096;
const MAP_TOKENS = 4_096;
const RELEVANCE = { small: 0.6, roomy: 0.25 } as const;
const PIECES = 8;
const SMALLEST_PIECE_TOKENS = 80;
const HITS = { from: 24, through: 200 } as const;

export function sharesOf(budgetTokens: number): Shares {
  const isRoomy = budgetTokens >= ROOMY_BUDGET_TOKENS;
  const digestTokens = Math.floor(budgetTokens * 0.08);
  return {
    systemTokens: Math.floor(budgetTokens * 0.15),
    digestTokens,
    mapTokens: isRoomy ? digestTokens : MAP_TOKENS,
    recentTokens: Math.floor(budgetTokens * 0.2),
    pieceTokens: Math.max(SMALLEST_PIECE_TOKENS, Math.floor((budgetTokens * 0.72) / PIECES)),
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
