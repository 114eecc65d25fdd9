import { APICallError, InvalidResponseDataError } from '@ai-sdk/provider';
import { ContractError, clipMessage, type ErrorCode } from '@supercontext/contract';
import { type ModelServer, originOf } from './model-server.ts';

/** What became of one try. */
export interface Failure {
  readonly error: ContractError;
  /** Whether another try may end better, as long as nothing was said. */
  readonly mayRetry: boolean;
  /** What the server asks for; null where it does not say. */
  readonly retryAfterMs: number | null;
}

const TOO_LONG =
  /context.?(length|window|size)|maximum context|too (long|many tokens|large)|exceeds? the (available|max)/i;

/**
 * The typed error behind whatever a provider package throws. What it throws holds the prompt and headers, so it is not kept as a
 * cause; of what the server says one short line is repeated, without the key.
 */
export function failureOf(thrown: unknown, server: ModelServer): Failure {
  const ours = contractErrorBehind(thrown);
  if (ours !== null) return { error: ours, mayRetry: false, retryAfterMs: null };
  const origin = originOf(server);
  if (InvalidResponseDataError.isInstance(thrown)) {
    return failed('MODEL_FAILED', `the stream of ${origin} ended before its answer did`);
  }
  if (!APICallError.isInstance(thrown)) {
    const why = saidBy(thrown, server.key);
    return failed('MODEL_FAILED', `${origin} does not send what can be read as an answer${why}`);
  }
  const { statusCode, responseHeaders = {} } = thrown;
  const message = messageOf(thrown);
  const why = said(message, server.key);
  if (statusCode === undefined)
    return { ...failed('MODEL_UNAVAILABLE', `${origin} does not answer${why}`), mayRetry: true };
  if (statusCode < 300) return { ...failed('MODEL_FAILED', `the stream of ${origin} broke off`), mayRetry: true };
  if (statusCode < 400)
    return failed('MODEL_REFUSED', `${origin} sends elsewhere (status ${statusCode}), which is not followed`);
  if (statusCode === 429 || statusCode >= 500 || statusCode === 408) {
    const retryAfterMs = retryAfterOf(responseHeaders);
    const code = statusCode === 429 ? 'MODEL_OVERLOADED' : 'MODEL_UNAVAILABLE';
    const details = retryAfterMs === null ? {} : { retryAfterMs };
    const error = new ContractError(code, `${origin} answers with status ${statusCode}${why}`, details);
    return { error, mayRetry: true, retryAfterMs };
  }
  const isTooLong = statusCode === 413 || TOO_LONG.test(message);
  return failed(
    isTooLong ? 'CONTEXT_WINDOW_EXCEEDED' : 'MODEL_REFUSED',
    `${origin} refuses (status ${statusCode})${why}`,
  );
}

function failed(code: ErrorCode, message: string): Failure {
  return { error: new ContractError(code, message), mayRetry: false, retryAfterMs: null };
}

/** The words of an error that came within a stream, whose form every server has of its own. */
function saidBy(thrown: unknown, key: string | null): string {
  if (thrown instanceof Error) return '';
  const { message } =
    typeof thrown === 'object' && thrown !== null ? (thrown as { message?: unknown }) : { message: thrown };
  return typeof message === 'string' ? said(message, key) : '';
}

/** Fields in which servers say what is wrong, those of OpenAI, Ollama, FastAPI and Mistral. */
const MESSAGE_FIELDS = ['error', 'message', 'detail', 'msg'];
const DEEPEST_MESSAGE = 4;

/** What a server says is wrong, wherever it says it; the words of the package where that cannot be found. */
function messageOf({ message, data, responseBody }: APICallError): string {
  // What the package has understood is in its message.
  if (data !== undefined || responseBody === undefined) return message;
  try {
    return messageIn(JSON.parse(responseBody)) ?? message;
  } catch {
    return message;
  }
}

function messageIn(value: unknown, depth = 0): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || depth === DEEPEST_MESSAGE) return null;
  const parts = Array.isArray(value) ? value : MESSAGE_FIELDS.map((field) => Reflect.get(value, field));
  for (const part of parts) {
    const message = messageIn(part, depth + 1);
    if (message !== null) return message;
  }
  return null;
}

function said(message: string, key: string | null): string {
  const withoutKey = key === null ? message : message.replaceAll(key, '(key)');
  const line = withoutKey.replaceAll(/\s+/g, ' ').trim();
  return line === '' ? '' : `: ${clipMessage(line)}`;
}

function contractErrorBehind(thrown: unknown): ContractError | null {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 8; error = error.cause, depth++) {
    if (error instanceof ContractError) return error;
  }
  return null;
}

/** @returns milliseconds, null where none of both headers can be read */
function retryAfterOf(headers: Readonly<Record<string, string>>): number | null {
  const inMs = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (inMs >= 0) return inMs;
  const value = headers['retry-after'] ?? '';
  const wait = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}
