import {
  advanceAnswer,
  awaitedAnswer,
  type EventFieldsFragment,
  GraphRequestError,
  type SeenAnswer,
  type StreamOptions,
} from '@supercontext/client';
import { formatCount } from './format-quantity.ts';
import type { Output } from './output.ts';
import { plainText } from './plain-text.ts';

/** What the stream of an answer is opened with, so that its cuts are told as they happen. */
export function streamOptions(output: Output, signal: AbortSignal, traceparent?: string): StreamOptions {
  return {
    signal,
    ...(traceparent === undefined ? {} : { traceparent }),
    onInterrupted: ({ error, attempt }) => output.note(`${error.message}; trying again (${attempt})`),
    onResume: ({ resumedAt, lost }) => output.note(`resumed at #${resumedAt}, ${lost} lost`),
    onPartial: ({ code, message }) => output.note(`${code}: ${message}`),
  };
}

/**
 * Prints an answer as it arrives. @returns the answer when it is complete or was cancelled
 * @throws GraphRequestError when the stream or the generation failed.
 */
export async function followAnswer(
  events: AsyncIterable<EventFieldsFragment>,
  output: Output,
  onStarted: (generationId: string) => void,
): Promise<SeenAnswer> {
  let answer = awaitedAnswer(performance.now());
  for await (const event of events) {
    const before = answer;
    answer = advanceAnswer(answer, event, performance.now());
    if (before.generationId === null && answer.generationId !== null) onStarted(answer.generationId);
    if (event.__typename === 'TokenDelta') output.write(plainText(event.text));
  }
  if (answer.text !== '') output.line();
  if (answer.failure !== null) {
    const { code, message, retryable } = answer.failure;
    throw new GraphRequestError(code, message, { retryable, ...(retryable ? { remedy: 'ask again' } : {}) });
  }
  if (answer.phase === 'cancelled') output.note('cancelled');
  if (answer.missingCharacters) output.note(`${formatCount(answer.missingCharacters)} characters did not arrive`);
  return answer;
}
