import {
  CancelGenerationDocument,
  GenerateDocument,
  GenerationEventsDocument,
  type GraphClient,
  newIdempotencyKey,
  newTraceparent,
} from '@supercontext/client';
import { answerAsJson } from './answer-as-json.ts';
import { followAnswer, streamOptions } from './follow-answer.ts';
import type { Output } from './output.ts';
import { showReport } from './show-report.ts';

export interface AnswerOptions {
  /** The whole answer as one object, once it is complete. */
  readonly json: boolean;
  readonly signal: AbortSignal;
}

export interface Question {
  readonly sessionId: string;
  readonly prompt: string;
  readonly budgetTokens?: number;
  readonly maxTokens?: number;
  readonly model?: string;
}

/**
 * Asks, prints the answer as it streams, then what it rests on and cost. A signal that is aborted also cancels the answer at
 * the platform. @throws GraphRequestError
 */
export async function askQuestion(
  client: GraphClient,
  output: Output,
  question: Question,
  { json, signal }: AnswerOptions,
): Promise<void> {
  const traceparent = newTraceparent();
  const bytesBefore = client.bytesSent;
  let generationId: string | null = null;
  async function* events() {
    const input = { ...question, idempotencyKey: newIdempotencyKey() };
    const options = streamOptions(output, signal, traceparent);
    for await (const { generate } of client.subscribe(GenerateDocument, { input }, options)) yield generate;
  }
  try {
    const answer = await followAnswer(events(), json ? silent(output) : output, (id) => {
      generationId = id;
    });
    const [, traceId = ''] = traceparent.split('-');
    if (json) output.line(answerAsJson(answer));
    else showReport(answer, { bytesUp: client.bytesSent - bytesBefore, traceId }, output.report);
  } catch (error) {
    if (signal.aborted && generationId !== null) {
      await client.mutate(CancelGenerationDocument, { input: { generationId } });
      output.note('cancelled');
    }
    throw error;
  }
}

/** Prints a generation from its first word, running or ended. @throws GraphRequestError */
export async function watchGeneration(
  client: GraphClient,
  output: Output,
  generationId: string,
  { json, signal }: AnswerOptions,
): Promise<void> {
  const bytesBefore = client.bytesSent;
  async function* events() {
    const options = streamOptions(output, signal);
    const stream = client.subscribe(GenerationEventsDocument, { generationId }, options);
    for await (const { generationEvents } of stream) yield generationEvents;
  }
  const answer = await followAnswer(events(), json ? silent(output) : output, () => undefined);
  if (json) output.line(answerAsJson(answer));
  else showReport(answer, { bytesUp: client.bytesSent - bytesBefore }, output.report);
}

/** Tells what is going on, and prints nothing. */
function silent(output: Output): Output {
  return { ...output, write: () => undefined, line: () => undefined };
}
