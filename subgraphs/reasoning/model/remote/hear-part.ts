import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { ContractError } from '@supercontext/contract';
import { failureOf } from './failure.ts';
import { type ModelServer, originOf } from './model-server.ts';
import { toldCount } from './told-count.ts';

/** What one part of a stream says. */
export type Heard =
  | { readonly type: 'word'; readonly text: string }
  /** What a model thinks on its way counts as output, and is no part of the answer. */
  | { readonly type: 'thought'; readonly text: string }
  | {
      readonly type: 'end';
      readonly reason: 'stop' | 'length';
      /** Null where the server does not count. */
      readonly outputTokens: number | null;
      readonly prompt: { readonly promptTokens: number; readonly cachedTokens: number } | null;
    };

type Finish = Extract<LanguageModelV4StreamPart, { readonly type: 'finish' }>;

/**
 * Null for what says nothing.
 * @throws ContractError MODEL_FAILED, MODEL_REFUSED for what no answer can come of
 */
export function hearPart(part: LanguageModelV4StreamPart, server: ModelServer): Heard | null {
  switch (part.type) {
    case 'text-delta':
      return { type: 'word', text: part.delta };
    case 'reasoning-delta':
      return { type: 'thought', text: part.delta };
    case 'tool-input-start':
    case 'tool-call':
      throw new ContractError('MODEL_FAILED', `${originOf(server)} calls a tool, though it was offered none`);
    case 'error':
      throw failureOf(part.error, server).error;
    case 'finish':
      return hearEnd(part, server);
    default:
      return null;
  }
}

function hearEnd({ finishReason, usage }: Finish, server: ModelServer): Heard {
  const origin = originOf(server);
  switch (finishReason.unified) {
    case 'error':
    case 'interrupted':
      throw new ContractError('MODEL_FAILED', `the stream of ${origin} broke off`);
    case 'tool-calls':
      throw new ContractError('MODEL_FAILED', `${origin} calls a tool, though it was offered none`);
    case 'content-filter':
      throw new ContractError('MODEL_REFUSED', `${origin} holds the answer back by its own rules`);
  }
  const promptTokens = toldCount(usage.inputTokens.total);
  return {
    type: 'end',
    reason: finishReason.unified === 'length' ? 'length' : 'stop',
    outputTokens: toldCount(usage.outputTokens.total),
    prompt:
      promptTokens === null
        ? null
        : { promptTokens, cachedTokens: toldCount(usage.inputTokens.cacheRead, promptTokens) ?? 0 },
  };
}
