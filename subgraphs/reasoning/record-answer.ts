import { ContractError, ERRORS, type ErrorCode } from '@supercontext/contract';
import { type Backoff, untilDone } from '@supercontext/runtime/call/backoff.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import type { Answer, ContextStage } from './calls/context.ts';
import type { AnswerOutbox } from './events/answer-outbox.ts';

/** A turn waits no longer than this for its answer to become part of the session. */
const FIRST_DEADLINE_MS = 1_500;
const LATER_DEADLINE_MS = 10_000;
const RETRY: Backoff = { firstMs: 500, longestMs: 30_000 };
const BATCH_ANSWERS = 64;
/** Callers' faults that say nothing of the answer: it is taken when the platform is put right. */
const OF_THE_PLATFORM: ReadonlySet<ErrorCode> = new Set(['REQUEST_UNSIGNED', 'CONTRACT_VERSION_UNKNOWN', 'CANCELLED']);

export interface AnswerRecorder {
  /** Hands an answer to the context stage, once and quickly. Throws what it throws; `retry` makes up for it later. */
  record(answer: Answer): Promise<void>;
  /** Marks an answer that `record` has handed over. Call when its generation is closed. */
  settle(generationId: string): Promise<void>;
  /** Offers all answers the session's logs may lack, again and again until they are taken. Returns at once. */
  retry(): void;
  stop(): Promise<void>;
}

/**
 * Sees to it that every answer becomes part of its session's log, also when the context stage is away for a while or this
 * stage dies on the way: an answer is offered until it is taken. The context stage takes each once.
 */
export function answerRecorder(outbox: AnswerOutbox, context: ContextStage, log: Logger): AnswerRecorder {
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let wanted = false;

  /**
   * What the context stage will never take is given up, and is not to hold up the others.
   * @returns what it was not taken for this time, where another one may be taken all the same; null when it is done with
   * @throws what no answer can be taken for now
   */
  async function offer(answer: Answer): Promise<ContractError | null> {
    try {
      await context.recordAnswer(answer, LATER_DEADLINE_MS);
    } catch (error) {
      if (!(error instanceof ContractError) || error.retryable) throw error;
      if (!isOfTheAnswer(error)) return error;
      log.error({ err: error, generation: answer.generationId }, 'an answer cannot become part of its session');
    }
    await outbox.markRecorded(answer.generationId);
    return null;
  }

  /** @throws what some answers were not taken for */
  async function offerAll(): Promise<void> {
    let refused: ContractError | null = null;
    for (let after = 0; !stopping.signal.aborted; ) {
      const answers = await outbox.unrecorded(BATCH_ANSWERS, after);
      for (const answer of answers) {
        refused = (await offer(answer)) ?? refused;
        after = answer.place;
      }
      if (answers.length === 0) break;
    }
    if (refused !== null) throw refused;
  }

  async function drain(): Promise<void> {
    const { signal } = stopping;
    const onFailure = (err: unknown, delayMs: number) => log.warn({ err, delayMs }, 'answers wait to be recorded');
    await untilDone(offerAll, { backoff: RETRY, signal, onFailure });
  }

  return {
    record: (answer) => context.recordAnswer(answer, FIRST_DEADLINE_MS),
    settle: (generationId) => outbox.markRecorded(generationId),
    retry() {
      wanted = true;
      running ??= (async () => {
        while (wanted && !stopping.signal.aborted) {
          wanted = false;
          await drain();
        }
        running = null;
      })();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Whether it will never be taken: its session or turn is gone, or it is not what can be recorded. */
function isOfTheAnswer({ code, retryable }: ContractError): boolean {
  return !retryable && ERRORS[code].status < 500 && !OF_THE_PLATFORM.has(code);
}
