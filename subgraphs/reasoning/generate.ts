import { ContractError, type Segment, utf8Bytes } from '@supercontext/contract';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { addHops, hop, inTrace, type Trace } from '@supercontext/runtime/trace/hops.ts';
import type { Ending, EventLog } from './events/event-log.ts';
import { findCitations } from './find-citations.ts';
import {
  type Citation,
  type GenerationRecord,
  NO_USAGE,
  type Outcome,
  type Timings,
  type Usage,
} from './generation.ts';
import type { ChatMessage, CompletionEvent, LanguageModel } from './model/language-model.ts';
import type { AnswerRecorder } from './record-answer.ts';
import type { Question } from './validate-ask.ts';

/** A generation that has been accepted, with all it takes to answer. */
export interface GenerationJob {
  readonly record: GenerationRecord;
  readonly question: Question;
  readonly messages: readonly ChatMessage[];
  readonly model: LanguageModel;
  /** Gathers the hops of the whole turn. */
  readonly trace: Trace;
  /** When the question came, on the clock of `performance.now`. */
  readonly arrivedAt: number;
}

export interface GenerateDependencies {
  readonly events: EventLog;
  readonly answers: AnswerRecorder;
  readonly log: Logger;
}

/** What has become known of a running generation. */
interface Progress {
  text: string;
  usage: Usage;
  timings: Timings;
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
    const progress: Progress = { text: '', usage: NO_USAGE, timings: record.outcome.timings };
    const ending = await speak(job, progress, dependencies, signal).catch((error: unknown) => endingOf(error, log));
    const recorded =
      ending.type !== 'failed' && progress.text !== '' && (await recordAnswer(job, progress.text, answers));
    const outcome: Outcome = {
      text: progress.text,
      usage: progress.usage,
      timings: { ...progress.timings, totalMs: performance.now() - arrivedAt },
      hops: trace.hops.toSorted((one, other) => one.startedAtMs - other.startedAtMs),
      citations: citationsOf(progress.text, record.workingSet.segments),
      failure: ending.type === 'failed' ? { code: ending.code, message: ending.message } : null,
    };
    await events.finish(record.id, ending, outcome);
    if (recorded) await answers.settle(record.id);
    else answers.retry();
  });
}

/** Runs the model to its end and every delta to the disk. */
async function speak(
  { record, question, messages, model, trace, arrivedAt }: GenerationJob,
  progress: Progress,
  { events }: GenerateDependencies,
  signal: AbortSignal,
): Promise<Ending> {
  const { sessionId, maxTokens, sampling } = question;
  const completion = model.complete({ sessionId, messages, maxTokens, sampling, stop: model.description.stop }, signal);
  const iterator = completion[Symbol.asyncIterator]();
  let persisted: Promise<void> = Promise.resolve();
  let lost: unknown = null;
  /** Of tokens without visible text; blanks wait for what follows, so that no answer begins or ends with them. */
  let silentTokens = 0;
  let withheld = '';
  let ending: Ending | null = null;

  function take(event: CompletionEvent): void {
    switch (event.type) {
      case 'prompt-ready': {
        const { promptTokens, cachedTokens, queuedMs, prefillMs } = event;
        progress.usage = { ...progress.usage, promptTokens, cachedTokens };
        progress.timings = { ...progress.timings, queuedMs, prefillMs };
        return;
      }
      case 'text-delta': {
        progress.usage = { ...progress.usage, outputTokens: progress.usage.outputTokens + event.tokens };
        silentTokens += event.tokens;
        const said = withheld + event.text.toWellFormed();
        const end = said.trimEnd().length;
        withheld = said.slice(end);
        const text = progress.text === '' ? said.slice(0, end).trimStart() : said.slice(0, end);
        if (text === '') return;
        progress.timings = {
          ...progress.timings,
          firstTokenMs: progress.timings.firstTokenMs ?? performance.now() - arrivedAt,
        };
        progress.text += text;
        persisted = events.append(record.id, { text, tokens: silentTokens });
        persisted.catch((error: unknown) => {
          lost ??= error;
        });
        silentTokens = 0;
        return;
      }
      case 'completed': {
        const { reason, outputTokens, decodeMs } = event;
        progress.usage = { ...progress.usage, outputTokens };
        const tokensPerSecond = decodeMs > 0 ? (outputTokens / decodeMs) * 1_000 : null;
        progress.timings = { ...progress.timings, decodeMs, tokensPerSecond };
        ending = { type: 'completed', reason };
      }
    }
  }

  await hop('prefill-prompt', async (note) => {
    const startedAtMs = Date.now();
    const { value, done } = await iterator.next();
    if (done === true) return;
    take(value);
    const { promptTokens, cachedTokens } = progress.usage;
    note({ tokens: promptTokens - cachedTokens, cacheHit: cachedTokens > 0 });
    const queuedMs = progress.timings.queuedMs ?? 0;
    if (queuedMs >= 1) {
      addHops(trace, [
        { ...trace.stage, stage: trace.stage.name, name: 'wait-for-slot', startedAtMs, durationMs: queuedMs },
      ]);
    }
  });
  await hop('decode-answer', async (note) => {
    for await (const event of { [Symbol.asyncIterator]: () => iterator }) {
      if (lost !== null) throw lost;
      take(event);
    }
    note({ tokens: progress.usage.outputTokens });
  });
  await hop('persist-events', async (note) => {
    note({ sizeBytes: utf8Bytes(progress.text) });
    await persisted;
    if (lost !== null) throw lost;
  });
  if (ending === null) throw new ContractError('MODEL_FAILED', 'the engine ended without completing the answer');
  return ending;
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
      return answers.record({ generationId: record.id, turnId: record.turnId, text });
    });
    return true;
  } catch {
    // The answer is whole all the same; it waits in the outbox.
    return false;
  }
}

function citationsOf(text: string, segments: readonly Segment[]): readonly Citation[] {
  const evidence = segments.flatMap((segment, place) => (segment.reason === 'evidence' ? [{ segment, place }] : []));
  const found = findCitations(
    text,
    evidence.map(({ segment }) => segment.text),
  );
  return found.flatMap(({ number, named }) => {
    const place = evidence[number - 1]?.place;
    return place === undefined ? [] : [{ number, named, segment: place }];
  });
}
