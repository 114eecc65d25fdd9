import { ContractError, type ErrorCode } from '@supercontext/contract';
import { type Backoff, untilDone } from '@supercontext/runtime/call/backoff.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import type { Answer, ContextStage } from './calls/context.ts';
import type { AnswerOutbox } from './events/answer-outbox.ts';

/** A turn waits no longer than this for its answer to become part of the session. */
const FIRST_DEADLINE_MS = 1_500;
const LATER_DEADLINE_MS = 10_000;
const RETRY: Backoff = { firstMs: 500, longestMs: 30_000 };
const BATCH_ANSWERS = 64;
const GONE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['SESSION_NOT_FOUND', 'INPUT_INVALID']);

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

  /** What the context stage will never take, since the session or turn is gone, is not to hold up the others. */
  async function offer(answer: Answer): Promise<void> {
    try {
      await context.recordAnswer(answer, LATER_DEADLINE_MS);
    } catch (error) {
      if (!(error instanceof ContractError) || !GONE.has(error.code)) throw error;
      log.error({ err: error, generation: answer.generationId }, 'an answer has no place in its session any more');
    }
  }

  /** Whether there may be more. */
  async function offerSome(): Promise<boolean> {
    const answers = await outbox.unrecorded(BATCH_ANSWERS);
    for (const answer of answers) {
      await offer(answer);
      await outbox.markRecorded(answer.generationId);
    }
    return answers.length > 0;
  }

  async function drain(): Promise<void> {
    const { signal } = stopping;
    const onFailure = (err: unknown, delayMs: number) => log.warn({ err, delayMs }, 'answers wait to be recorded');
    for (let more = true; more && !signal.aborted; ) {
      const work = async () => {
        more = await offerSome();
      };
      await untilDone(work, { backoff: RETRY, signal, onFailure });
    }
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
