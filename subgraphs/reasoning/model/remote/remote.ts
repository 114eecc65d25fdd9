import { setTimeout as sleep } from 'node:timers/promises';
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { ContractError, utf8Bytes } from '@supercontext/contract';
import { type Backoff, backoffMs } from '@supercontext/runtime/call/backoff.ts';
import type { CompletionEvent, CompletionRequest, LanguageModel, ModelDescription } from '../language-model.ts';
import { checkRequest } from './check-request.ts';
import { estimateTokens, estimateTokensOf } from './estimate-tokens.ts';
import { type Failure, failureOf } from './failure.ts';
import { type Heard, hearPart } from './hear-part.ts';
import { type ModelServer, originOf } from './model-server.ts';
import { Patience, type PatienceLimits } from './patience.ts';
import { callOptions, isCacheKeyNamed, providerModel, sessionTokenOf } from './provider-model.ts';
import { untilAborted } from './until-aborted.ts';

const RETRY: Backoff = { firstMs: 250, longestMs: 4_000 };
const MOST_TRIES = 4;
/** Of text for each token an answer may have: more no tokenizer makes of words, so the server does not count. */
const MOST_CHARACTERS_A_TOKEN = 64;

export interface RemoteModelOptions {
  readonly server: ModelServer;
  /** What the server calls the model. */
  readonly name: string;
  readonly description: ModelDescription;
  readonly limits: PatienceLimits;
}

/** One answer on its way. */
interface Asking {
  readonly request: CompletionRequest;
  readonly patience: Patience;
  /** Aborts with why there is no more to be heard. */
  readonly stop: AbortSignal;
}

/** An answer that has begun. */
interface Begun {
  readonly parts: AsyncIterator<LanguageModelV4StreamPart, void>;
  readonly first: Heard;
  /** When the try was sent that it answers, on the clock of `performance.now()`. */
  readonly sentAt: number;
}

/**
 * A model behind a server, over the provider packages of the `ai` SDK. It keeps nothing between turns: what can be reused of a
 * prompt is in the server's own cache, found by a prompt that begins as the last one did and by the session's token. It tries
 * again only before the first word. An answer that is left, aborted, late or over its bounds ends the connection.
 */
export class RemoteModel implements LanguageModel {
  readonly description: ModelDescription;
  readonly #server: ModelServer;
  readonly #limits: PatienceLimits;
  readonly #model: LanguageModelV4;
  /** Until it has answered without it what it had refused with it. */
  #takesCacheKey = true;
  readonly #closed = new AbortController();

  constructor({ server, name, description, limits }: RemoteModelOptions) {
    this.description = description;
    this.#server = server;
    this.#limits = limits;
    this.#model = providerModel(server, name);
  }

  async countTokens(texts: readonly string[]): Promise<readonly number[]> {
    return texts.map(estimateTokens);
  }

  async *complete(request: CompletionRequest, signal: AbortSignal): AsyncGenerator<CompletionEvent, void, undefined> {
    signal.throwIfAborted();
    const promptTokens = checkRequest(request, this.description);
    const patience = new Patience(this.#limits);
    const left = new AbortController();
    const stop = AbortSignal.any([signal, patience.signal, this.#closed.signal, left.signal]);
    const startedAt = performance.now();
    try {
      const begun = await this.#begin({ request, patience, stop });
      const [queuedMs, prefillMs] = [begun.sentAt - startedAt, performance.now() - begun.sentAt];
      yield { type: 'prompt-ready', promptTokens, cachedTokens: 0, queuedMs, prefillMs };
      yield* this.#speak(begun, { request, patience, stop });
    } catch (thrown) {
      throw stop.aborted ? stop.reason : failureOf(thrown, this.#server).error;
    } finally {
      patience.end();
      left.abort();
    }
  }

  releaseSession(): void {}

  async close(): Promise<void> {
    this.#closed.abort(new ContractError('MODEL_FAILED', 'the model is closed'));
  }

  /** Until the first word, over as many tries as it takes. */
  async #begin(asking: Asking): Promise<Begun> {
    let withCacheKey = this.#takesCacheKey;
    for (let failures = 1; ; failures++) {
      try {
        const begun = await this.#tryOnce(asking, withCacheKey);
        this.#takesCacheKey &&= withCacheKey;
        return begun;
      } catch (thrown) {
        asking.stop.throwIfAborted();
        const failure = failureOf(thrown, this.#server);
        const isRefused = failure.error.code === 'MODEL_REFUSED' && isCacheKeyNamed(thrown);
        if (withCacheKey && isRefused) withCacheKey = false;
        else await waitToRetry(failure, failures, asking);
      }
    }
  }

  async #tryOnce({ request, stop }: Asking, withCacheKey: boolean): Promise<Begun> {
    const sentAt = performance.now();
    const terms = {
      dialect: this.#server.dialect,
      sessionToken: sessionTokenOf(request.sessionId),
      withCacheKey,
      signal: stop,
    };
    const { stream } = await untilAborted(stop, this.#model.doStream(callOptions(request, terms)));
    const parts = partsOf(stream, stop);
    for (;;) {
      const { value, done } = await parts.next();
      if (done === true) throw new ContractError('MODEL_FAILED', `${originOf(this.#server)} answers with nothing`);
      const first = hearPart(value, this.#server);
      if (first !== null) return { parts, first, sentAt };
    }
  }

  async *#speak({ parts, first }: Begun, { request, patience }: Asking): AsyncGenerator<CompletionEvent> {
    const startedAt = performance.now();
    const end = (reason: 'stop' | 'length', outputTokens: number) =>
      ({ type: 'completed', reason, outputTokens, decodeMs: performance.now() - startedAt }) as const;
    let [words, bytes, tokens] = [0, 0, 0];
    let charactersLeft = request.maxTokens * MOST_CHARACTERS_A_TOKEN;
    for (let heard: Heard | null = first; ; ) {
      if (heard?.type === 'end') {
        const { reason, outputTokens, prompt } = heard;
        yield { ...end(reason, outputTokens ?? tokens), ...(prompt === null ? {} : { prompt }) };
        return;
      }
      if (heard !== null) {
        patience.heard();
        charactersLeft -= heard.text.length;
        words += 1;
        bytes += utf8Bytes(heard.text);
        // Most servers send a token at a time, some of them single letters.
        const tokensSoFar = Math.min(words, estimateTokensOf(bytes));
        // A server that does not keep to what it was told would speak without end.
        if (tokensSoFar > request.maxTokens || charactersLeft < 0) {
          yield end('length', tokens);
          return;
        }
        const added = tokensSoFar - tokens;
        tokens = tokensSoFar;
        if (heard.text !== '' && heard.type === 'word') yield { type: 'text-delta', text: heard.text, tokens: added };
      }
      const { value, done } = await parts.next();
      if (done === true) throw new ContractError('MODEL_FAILED', `the stream of ${originOf(this.#server)} broke off`);
      heard = hearPart(value, this.#server);
    }
  }
}

/** @throws what is not to be tried again */
async function waitToRetry(
  { error, mayRetry, retryAfterMs }: Failure,
  failures: number,
  { patience, stop }: Asking,
): Promise<void> {
  const delayMs = Math.max(retryAfterMs ?? 0, backoffMs(RETRY, failures));
  if (!mayRetry || failures >= MOST_TRIES || delayMs > patience.leftToBeginMs) throw error;
  await sleep(delayMs, undefined, { signal: stop });
}

async function* partsOf(
  stream: ReadableStream<LanguageModelV4StreamPart>,
  stop: AbortSignal,
): AsyncGenerator<LanguageModelV4StreamPart, void> {
  const reader = stream.getReader();
  for (;;) {
    const { value, done } = await untilAborted(stop, reader.read());
    if (done) return;
    yield value;
  }
}
