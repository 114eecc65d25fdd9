import { ContractError, type Source } from '@supercontext/contract';

/** The budgets a working set can be made for. */
export const BUDGET_TOKENS = { from: 256, through: 1_000_000 } as const;

/** How a budget is divided. All but the evidence depends on the budget alone, so that the stable part stays stable. */
export interface Shares {
  /** At most, for instructions. */
  readonly systemTokens: number;
  /** At most, for what messages say of how things are to be done. */
  readonly standingTokens: number;
  /** At most, for summaries of the whole session. */
  readonly digestTokens: number;
  /** At most, for the latest turns. */
  readonly recentTokens: number;
  /** How many hits to ask search for. */
  readonly hits: number;
}

const MOST_DIGEST_TOKENS = 2_048;
const MOST_STANDING_TOKENS = 600;
const RECENT_TOKENS = 700;
const HITS = { from: 200, through: 600 } as const;

export function sharesOf(budgetTokens: number): Shares {
  const digestTokens = Math.floor(Math.min(budgetTokens * 0.06, MOST_DIGEST_TOKENS));
  return {
    systemTokens: Math.floor(budgetTokens * 0.15),
    standingTokens: Math.floor(Math.min(budgetTokens * 0.06, MOST_STANDING_TOKENS)),
    digestTokens,
    recentTokens: Math.floor(Math.min(budgetTokens * 0.2, RECENT_TOKENS + budgetTokens * 0.04)),
    hits: Math.min(HITS.through, Math.max(HITS.from, Math.ceil(budgetTokens / 10))),
  };
}

/** A message is read as a whole or not understood; of a document several short passages say more than one long one. */
const PASSAGE_SHARE = { chat: 1 / 4, other: 1 / 6 } as const;
const SMALLEST_PASSAGE_TOKENS = 80;

/** At most, for one fragment, where there is room for so much evidence. */
export function passageTokensOf(roomTokens: number, kind: Source['kind']): number {
  const share = kind === 'chat' ? PASSAGE_SHARE.chat : PASSAGE_SHARE.other;
  return Math.min(roomTokens, Math.max(SMALLEST_PASSAGE_TOKENS, Math.floor(roomTokens * share)));
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
