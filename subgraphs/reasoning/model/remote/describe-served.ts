import type { ModelDescription } from '../language-model.ts';
import type { ServedModel } from './list-models.ts';
import { HOSTED, type ModelServer, originOf } from './model-server.ts';
import { UNSET_SAMPLING } from './provider-model.ts';

/** Where nobody says it. Servers that run on a desk often begin with no more, and cut what is over it without a word. */
const CAUTIOUS_CONTEXT_TOKENS = 4_096;
/** Evidence is chosen by value, so more than this seldom adds to an answer. */
const MOST_BUDGET_TOKENS = 8_192;
const MOST_ANSWER_TOKENS = 4_096;

/** @param told what the operator says of the window, null when nothing */
export function describeServed(
  id: string,
  { name, contextTokens, sizeBytes }: ServedModel,
  server: ModelServer,
  told: number | null,
): ModelDescription {
  const hosted = server.dialect === 'openai' ? null : HOSTED[server.dialect].contextTokens;
  const window = told ?? contextTokens ?? hosted ?? CAUTIOUS_CONTEXT_TOKENS;
  return {
    id,
    name,
    engine: 'remote',
    version: 'unknown',
    provider: originOf(server),
    sizeBytes,
    contextTokens: window,
    defaultBudgetTokens: Math.min(MOST_BUDGET_TOKENS, Math.floor(window / 2)),
    maxAnswerTokens: Math.min(MOST_ANSWER_TOKENS, Math.floor(window / 4)),
    stop: [],
    sampling: UNSET_SAMPLING,
  };
}
