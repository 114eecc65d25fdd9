import { ContractError } from '@supercontext/contract';
import type { CompletionRequest, ModelDescription } from '../language-model.ts';
import { estimateTokens } from './estimate-tokens.ts';

/**
 * An estimate of the prompt's tokens.
 * @throws ContractError INPUT_INVALID, CONTEXT_WINDOW_EXCEEDED
 */
export function checkRequest(
  { messages, maxTokens, sampling }: CompletionRequest,
  { contextTokens }: Pick<ModelDescription, 'contextTokens'>,
): number {
  if (!Number.isSafeInteger(maxTokens) || maxTokens < 1) invalid('maxTokens', 'a whole number of at least 1');
  if (!(sampling.temperature >= 0 && sampling.temperature <= 2)) invalid('temperature', '0 to 2');
  if (!(sampling.topP > 0 && sampling.topP <= 1)) invalid('topP', 'above 0, at most 1');
  if (messages.length === 0) invalid('messages', 'at least one');
  const promptTokens = messages.reduce((sum, { content }) => sum + estimateTokens(content), 0);
  if (promptTokens + maxTokens > contextTokens) {
    throw new ContractError(
      'CONTEXT_WINDOW_EXCEEDED',
      `a prompt of about ${promptTokens} tokens and an answer of ${maxTokens} do not fit a window of ${contextTokens}`,
      { promptTokens, maxTokens, contextTokens },
    );
  }
  return promptTokens;
}

function invalid(argument: string, expected: string): never {
  throw new ContractError('INPUT_INVALID', `${argument}: expected ${expected}`, { argument });
}
