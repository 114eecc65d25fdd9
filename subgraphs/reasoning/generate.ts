import { ContractError, utf8Bytes } from '@supercontext/contract';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { addHops, hop, inTrace, type Trace } from '@supercontext/runtime/trace/hops.ts';
import type { Ending, EventLog } from './events/event-log.ts';
import { findCitations } from './find-citations.ts';
import type { Citation, GenerationRecord, Outcome } from './generation.ts';
import type { ChatMessage, CompletionEvent, LanguageModel, QuestionPart, Quoted } from './model/language-model.ts';
import { quotable } from './quotable.ts';
import type { AnswerRecorder } from './record-answer.ts';
import { hear, type Speech, silence } from './speech.ts';
import type { Question } from './validate-ask.ts';

/** A generation that has been accepted, with all it takes to answer. */
export interface GenerationJob {
  readonly record: GenerationRecord;
  readonly question: Question;
  readonly messages: readonly ChatMessage[];
  /** What was looked for by itself; none where the question was looked for as a whole. */
  readonly parts: readonly QuestionPart[];
  readonly model: LanguageModel;
  /** Gathers the hops of the whole turn. */
  readonly trace: Trace;
  /** When the question came, on the clock of `performance.now`. */
  readonly arrivedAt: number;
  /** Whether the question was answered before. */
  readonly isAgain: boolean;
}

export interface GenerateDependencies {
  readonly events: EventLog;
  readonly answers: AnswerRecorder;
  readonly log: Logger;
}

/**
 * Answers one question: runs the model, appends every event to the generation's log, records the answer in its session and
 * closes the log with exactly one terminal event, whatever happens. Deltas become durable beside the decoding, which
 * never waits for the disk. Resolves when the log is closed; rejects only when it cannot be.
 * @param signal aborted with CANCELLED it leads to `cancelled`, with anything else to `failed`.
 */
export async function generate(
  job: GenerationJob,
  dependencies: GenerateDependencies,
  signal: AbortSignal,
): Promise<void> {
  await inTrace(job.trace, async () => {
    const { record, trace, arrivedAt } = job;
    const { events, answers, log } = dependencies;
    const speaker = new Speaker(job, events);
    const ending = await speak(job, speaker, signal).catch((error: unknown) => endingOf(error, log));
    const { text } = speaker;
    const { usage, timings, quoted } = speaker.speech;
    // Half an answer does not take the place of a whole one.
    const isAnswer = job.isAgain ? ending.type === 'completed' : ending.type !== 'failed';
    const recorded = isAnswer && text !== '' && (await recordAnswer(job, text, answers));
    const outcome: Outcome = {
      text,
      usage,
      timings: { ...timings, totalMs: performance.now() - arrivedAt },
      hops: trace.hops.toSorted((one, other) => one.startedAtMs - other.startedAtMs),
      citations: citationsOf(text, record, quoted),
      ...(quoted === null ? {} : { certainty: quoted.certainty }),
      failure: ending.type === 'failed' ? { code: ending.code, message: ending.message } : null,
    };
    await events.finish(record.id, ending, outcome);
    if (recorded || !isAnswer) await answers.settle(record.id);
    else answers.retry();
  });
}

/** Runs the model to its end and every delta to the disk. */
async function speak(
  { record, question, messages, parts, model, trace }: GenerationJob,
  speaker: Speaker,
  signal: AbortSignal,
): Promise<Ending> {
  const { sessionId, maxTokens, sampling, prompt } = question;
  const { segments, confidence } = record.workingSet;
  const { evidence, beside } = quotable(segments);
  const digest = segments.filter(({ reason }) => reason === 'digest');
  const { stop } = model.description;
  const asked = {
    question: prompt,
    evidence: evidence.map(({ segment }) => segment),
    beside: beside.map(({ segment }) => segment),
    digest,
    confidence,
    ...(parts.length === 0 ? {} : { parts }),
  };
  const request = { sessionId, messages, ...asked, maxTokens, sampling, stop };
  const iterator = model.complete(request, signal)[Symbol.asyncIterator]();

  await hop('prefill-prompt', async (note) => {
    const startedAtMs = Date.now();
    const { value, done } = await iterator.next();
    if (done === true) return;
    speaker.take(value);
    const { usage, timings } = speaker.speech;
    note({ tokens: usage.promptTokens - usage.cachedTokens, cacheHit: usage.cachedTokens > 0 });
    const durationMs = timings.queuedMs ?? 0;
    if (durationMs < 1) return;
    addHops(trace, [{ ...trace.stage, stage: trace.stage.name, name: 'wait-for-slot', startedAtMs, durationMs }]);
  });
  await hop('decode-answer', async (note) => {
    for await (const event of { [Symbol.asyncIterator]: () => iterator }) speaker.take(event);
    note({ tokens: speaker.speech.usage.outputTokens });
  });
  await hop('persist-events', async (note) => {
    note({ sizeBytes: utf8Bytes(speaker.speech.text) });
    await speaker.persisted();
  });
  const { ending } = speaker.speech;
  if (ending === null) throw new ContractError('MODEL_FAILED', 'the engine ended without completing the answer');
  return ending;
}

/** What a model has said so far, with every delta on its way to the log: decoding never waits for the disk. */
class Speaker {
  speech: Speech;
  readonly #job: GenerationJob;
  readonly #events: EventLog;
  #written: Promise<void> = Promise.resolve();
  #persisted = '';
  #lost: unknown = null;

  constructor(job: GenerationJob, events: EventLog) {
    this.#job = job;
    this.#events = events;
    this.speech = silence(job.record.outcome.timings);
  }

  /** What readers of the log see in the end: all that was said, or what came before the first delta that could not be written. */
  get text(): string {
    return this.#lost === null ? this.speech.text : this.#persisted;
  }

  /** Throws what a delta of before could not be written for. */
  take(event: CompletionEvent): void {
    if (this.#lost !== null) throw this.#lost;
    this.speech = hear(this.speech, event, performance.now() - this.#job.arrivedAt);
    const { spoken } = this.speech;
    if (spoken === null) return;
    this.#written = this.#events.append(this.#job.record.id, spoken);
    this.#written.then(
      () => {
        if (this.#lost === null) this.#persisted += spoken.text;
      },
      (error: unknown) => {
        this.#lost ??= error;
      },
    );
  }

  /** Throws what a delta could not be written for. */
  async persisted(): Promise<void> {
    await this.#written;
    if (this.#lost !== null) throw this.#lost;
  }
}

function endingOf(error: unknown, log: Logger): Ending {
  if (!(error instanceof ContractError)) {
    log.error({ err: error }, 'generation');
    return { type: 'failed', code: 'MODEL_FAILED', message: 'the engine stopped in the middle of the answer' };
  }
  if (error.code === 'CANCELLED') return { type: 'cancelled' };
  return { type: 'failed', code: error.code, message: error.message };
}

/** Before the log is closed: who has seen the end and asks again finds the answer in the session. */
async function recordAnswer({ record }: GenerationJob, text: string, answers: AnswerRecorder): Promise<boolean> {
  try {
    await hop('record-answer', (note) => {
      note({ sizeBytes: utf8Bytes(text) });
      return answers.record({ generationId: record.id, turnId: record.turnId, text, begunAtMs: record.createdAtMs });
    });
    return true;
  } catch {
    // The answer is whole all the same; it waits in the outbox.
    return false;
  }
}

function citationsOf(
  text: string,
  { model, workingSet: { segments } }: GenerationRecord,
  quoted: Quoted | null,
): readonly Citation[] {
  const { evidence, beside } = quotable(segments);
  // What is quoted tells its numbers itself: brackets in a quote are no citations.
  const found =
    quoted === null
      ? findCitations(
          text,
          evidence.map(({ segment }) => segment.text),
          { mustCarry: model.isSmall === true },
        )
      : numbersOf(quoted).map((number) => ({ number, named: true }));
  return found.flatMap(({ number, named }) => {
    const place = [...evidence, ...beside][number - 1]?.place;
    if (place === undefined) return [];
    const quotes = quoted?.stretches.flatMap((one) => (one.number === number ? one.stretches : []));
    return [{ number, named, segment: place, ...(quotes === undefined ? {} : { quotes: [...new Set(quotes)] }) }];
  });
}

function numbersOf({ stretches }: Quoted): readonly number[] {
  return [...new Set(stretches.map(({ number }) => number))].sort((one, other) => one - other);
}
