import { createHash } from 'node:crypto';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  APICallError,
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4Prompt,
  type SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import type { ChatMessage, CompletionRequest } from '../language-model.ts';
import { guardedFetch } from './guarded-fetch.ts';
import type { Dialect, ModelServer } from './model-server.ts';

/** With which a server keeps a session's questions together: what it has cached of one is where the next arrives. */
const SESSION_HEADER = 'x-session-token';
const CACHE_KEY = 'prompt_cache_key';
/** The one server that takes this name only, from its newer models on. */
const OPENAI_ORIGIN = 'https://api.openai.com';
/** Under this name options go into the body of a request as they are. */
const PROVIDER = 'remote';

/** What a request is sent with beside what was asked. */
export interface CallTerms {
  readonly dialect: Dialect;
  readonly sessionToken: string;
  /** Whether `prompt_cache_key` is sent, which not every OpenAI-compatible server takes. */
  readonly withCacheKey: boolean;
  readonly signal: AbortSignal;
}

/** The model of a provider package; it sends nothing before it is asked. Made once, since its schemas take milliseconds. */
export function providerModel({ dialect, baseUrl, key }: ModelServer, name: string): LanguageModelV4 {
  const common = { baseURL: baseUrl, fetch: guardedFetch };
  // A key is given always, as the packages look for one in the environment when there is none.
  const apiKey = key ?? '';
  if (dialect === 'anthropic') return createAnthropic({ ...common, apiKey })(name);
  if (dialect === 'google') return createGoogle({ ...common, apiKey })(name);
  return createOpenAICompatible({
    ...common,
    name: PROVIDER,
    includeUsage: true,
    ...(key === null ? {} : { apiKey: key }),
    transformRequestBody: baseUrl.startsWith(OPENAI_ORIGIN) ? inOpenAIsWords : (body) => body,
  })(name);
}

function inOpenAIsWords({ max_tokens, ...body }: Record<string, unknown>): Record<string, unknown> {
  return { ...body, max_completion_tokens: max_tokens };
}

/**
 * Whether a server that refuses a request names this parameter anywhere in what it sends: where it does so each has its own way.
 * It may only repeat the request, so what this says is to be tried.
 */
export function isCacheKeyNamed(thrown: unknown): boolean {
  return APICallError.isInstance(thrown) && `${thrown.message}${thrown.responseBody ?? ''}`.includes(CACHE_KEY);
}

/** What a server is told instead of the session's id, which is good for reading the session. */
export function sessionTokenOf(sessionId: string): string {
  return createHash('sha256').update(`session of ${sessionId}`).digest('hex').slice(0, 32);
}

/**
 * The request as the packages take it. Temperature, top-p and seed are sent only where they were asked for: some models refuse
 * any, and each server knows best what its own are.
 */
export function callOptions(
  { messages, maxTokens, sampling, stop = [] }: CompletionRequest,
  { dialect, sessionToken, withCacheKey, signal }: CallTerms,
): LanguageModelV4CallOptions {
  const { temperature, topP, seed } = sampling;
  return {
    prompt: dialect === 'anthropic' ? promptInBlocks(messages) : promptOf(messages),
    maxOutputTokens: maxTokens,
    ...(temperature === UNSET_SAMPLING.temperature ? {} : { temperature }),
    ...(topP === UNSET_SAMPLING.topP ? {} : { topP }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop.length === 0 ? {} : { stopSequences: [...stop] }),
    headers: { [SESSION_HEADER]: sessionToken },
    ...(withCacheKey ? { providerOptions: { [PROVIDER]: { [CACHE_KEY]: sessionToken } } } : {}),
    abortSignal: signal,
  };
}

/** Sampling that leaves everything to the server. */
export const UNSET_SAMPLING = { temperature: 1, topP: 1, repetitionPenalty: 1 } as const;

function promptOf(messages: readonly ChatMessage[]): LanguageModelV4Prompt {
  return messages.map(({ role, content }) =>
    role === 'system' ? { role, content } : { role, content: [{ type: 'text', text: content }] },
  );
}

/** Anthropic caches what it is told to, by whole blocks: what lasts gets a block of its own. */
function promptInBlocks(messages: readonly ChatMessage[]): LanguageModelV4Prompt {
  return messages.flatMap((message) => {
    const { role, content, lastingLength = content.length } = message;
    if (role !== 'system') return promptOf([message]);
    const [lasting, rest] = [content.slice(0, lastingLength), content.slice(lastingLength)];
    return [
      { role, content: lasting, providerOptions: CACHED_BLOCK },
      ...(rest === '' ? [] : [{ role, content: rest.trimStart() }]),
    ];
  });
}

const CACHED_BLOCK: SharedV4ProviderOptions = { anthropic: { cacheControl: { type: 'ephemeral' } } };
