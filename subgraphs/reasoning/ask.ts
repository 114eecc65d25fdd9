import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError, ERRORS } from '@supercontext/contract';
import { type Backoff, untilDone } from '@supercontext/runtime/call/backoff.ts';
import type { Stage } from '@supercontext/runtime/stage.ts';
import { currentTrace, hop, openTrace } from '@supercontext/runtime/trace/hops.ts';
import { mergeParts, planSearch, searchParts } from './ask-in-parts.ts';
import type { BegunTurn, ContextStage } from './calls/context.ts';
import { type FittedPrompt, fitPrompt } from './fit-prompt.ts';
import { type GenerateDependencies, type GenerationJob, generate } from './generate.ts';
import { type GenerationRecord, NO_TIMINGS, NO_USAGE } from './generation.ts';
import type { LanguageModel, QuestionPart } from './model/language-model.ts';
import type { ModelRegistry } from './model/registry.ts';
import {
  type AgainInput,
  type AskInput,
  checkAgain,
  checkInput,
  fitQuestion,
  hashRequest,
  type Question,
  sessionOfTurn,
} from './validate-ask.ts';

/** Running generations get this long to end by themselves when the stage stops. */
const DRAIN_MS = 4_000;
const CLOSING: Backoff = { firstMs: 500, longestMs: 30_000 };

export interface AskDependencies extends GenerateDependencies {
  readonly stage: Stage;
  readonly context: ContextStage;
  readonly models: ModelRegistry;
  /** Generations that run or wait for the engine at once; one more is refused before its turn begins. */
  readonly mostRunning: number;
}

/** A question on its way to its generation. */
interface Asked {
  readonly sessionId: string;
  readonly input: AskInput | AgainInput;
  readonly key: string;
  readonly arrivedAt: number;
}

/** A question about to be looked for. */
interface Searched {
  readonly input: AskInput | AgainInput;
  readonly question: Question;
  readonly key: string;
  readonly model: LanguageModel;
}

interface Running {
  readonly sessionId: string;
  readonly cancel: AbortController;
  readonly ended: Promise<void>;
}

/** Takes questions and sees each to its answer. */
export class Asking {
  readonly #dependencies: AskDependencies;
  readonly #running = new Map<string, Running>();
  readonly #beginning = new Map<string, Promise<unknown>>();
  readonly #refused = new Set<string>();
  readonly #stopping = new AbortController();

  constructor(dependencies: AskDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Accepts a question and returns as soon as its generation is durable; the model runs on without the caller.
   * Idempotent by session and key: the same question again is the same generation.
   * @throws ContractError what `checkInput`, `fitQuestion` and `fitPrompt` throw; MODEL_UNKNOWN; IDEMPOTENCY_KEY_REUSED;
   *   MODEL_OVERLOADED; what the context stage and the event log throw. Nothing is started then, though the turn may be.
   */
  async ask(input: AskInput): Promise<GenerationRecord> {
    checkInput(input);
    return this.#accept(input.sessionId, input);
  }

  /** The same for a question that was asked before. @throws ContractError INPUT_INVALID where there is no such turn; else as `ask` */
  async regenerate(input: AgainInput): Promise<GenerationRecord> {
    checkAgain(input);
    return this.#accept(sessionOfTurn(input.turnId), input);
  }

  async #accept(sessionId: string, input: AskInput | AgainInput): Promise<GenerationRecord> {
    const arrivedAt = performance.now();
    if (this.#refused.has(sessionId)) throw new ContractError('SESSION_NOT_FOUND', 'the session is being erased');
    const key = input.idempotencyKey ?? randomUUID();
    const place = `${sessionId} ${key}`;
    // Of two senders with one key the second waits, then finds what the first has made.
    for (let other = this.#beginning.get(place); other !== undefined; other = this.#beginning.get(place)) {
      await other.catch(() => {});
    }
    const begun = this.#begin({ sessionId, input, key, arrivedAt });
    this.#beginning.set(place, begun);
    try {
      return await begun;
    } finally {
      this.#beginning.delete(place);
    }
  }

  /** Stops a generation and returns it ended; one that has ended comes back as it is, null when there is none. */
  async cancel(generationId: string): Promise<GenerationRecord | null> {
    const running = this.#running.get(generationId);
    running?.cancel.abort(new ContractError('CANCELLED', 'the generation was cancelled'));
    await running?.ended;
    const [record] = await this.#dependencies.events.get([generationId]);
    return record ?? null;
  }

  /** Takes no more questions for a session that is being erased. */
  refuse(sessionId: string): void {
    this.#refused.add(sessionId);
  }

  /** It is erased: whoever asks finds that out by himself. */
  allow(sessionId: string): void {
    this.#refused.delete(sessionId);
  }

  /** Cancels what runs in a session that is refused; resolves when nothing of it is under way. */
  async endAll(sessionId: string): Promise<void> {
    const beginning = [...this.#beginning].filter(([place]) => place.startsWith(sessionId)).map(([, begun]) => begun);
    await Promise.allSettled(beginning);
    const running = [...this.#running.values()].filter((generation) => generation.sessionId === sessionId);
    for (const { cancel } of running) cancel.abort(new ContractError('CANCELLED', 'the session is being erased'));
    await Promise.all(running.map(({ ended }) => ended));
  }

  /** Refuses new questions, gives running generations a moment to end, then fails them. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const all = () => Promise.all([...this.#running.values()].map(({ ended }) => ended));
    await Promise.race([all(), sleep(DRAIN_MS, undefined, { ref: false })]);
    for (const { cancel } of this.#running.values()) {
      cancel.abort(new ContractError('MODEL_FAILED', 'the stage stopped in the middle of this answer'));
    }
    await all();
  }

  async #begin({ sessionId, input, key, arrivedAt }: Asked): Promise<GenerationRecord> {
    const { context, events, models, stage, mostRunning } = this.#dependencies;
    const requestHash = hashRequest(input);
    const existing = await events.find(sessionId, key, requestHash);
    if (existing !== null) return existing;
    if (this.#stopping.signal.aborted) throw new ContractError('SUBGRAPH_UNAVAILABLE', 'reasoning is stopping');
    // This one is among those that are beginning.
    if (this.#running.size + this.#beginning.size > mostRunning) {
      const { retryAfterMs } = ERRORS.MODEL_OVERLOADED;
      throw new ContractError('MODEL_OVERLOADED', `${mostRunning} generations are running`, { retryAfterMs });
    }
    const trace = currentTrace() ?? openTrace(stage);
    const model = await models.get(input.model ?? null);
    const prompt = 'prompt' in input ? input.prompt : await context.promptOf(input.turnId);
    const question = await fitQuestion({ ...input, sessionId, prompt }, model);
    const turnStart = performance.now();
    const { turn, parts } = await this.#search({ input, question, key, model });
    const workingSetMs = performance.now() - turnStart;
    const fitted = await this.#layOut(turn, question, model);
    const record: GenerationRecord = {
      id: `gen_${randomBytes(12).toString('hex')}`,
      sessionId,
      turnId: turn.turnId,
      status: 'running',
      createdAtMs: Date.now(),
      model: model.description,
      workingSet: fitted.workingSet,
      outcome: {
        text: '',
        usage: NO_USAGE,
        timings: { ...NO_TIMINGS, workingSetMs },
        hops: trace.hops.toSorted((one, other) => one.startedAtMs - other.startedAtMs),
        citations: [],
        failure: null,
      },
    };
    const created = await events.create({ record, idempotencyKey: key, requestHash });
    const isAgain = 'turnId' in input;
    if (created.created)
      this.#start({ record, question, messages: fitted.messages, parts, model, trace, arrivedAt, isAgain });
    return created.record;
  }

  /** The turn with what was found for its question, and for the parts of it where the model wants them one by one. */
  async #search({
    input,
    question,
    key,
    model,
  }: Searched): Promise<{ turn: BegunTurn; parts: readonly QuestionPart[] }> {
    const { budgetTokens, prompt, sessionId } = question;
    if (model.description.asksInParts !== true) return { turn: await this.#turnOf(input, question, key), parts: [] };
    const plan = planSearch(prompt, budgetTokens);
    const [turn, found] = await Promise.all([
      this.#turnOf(input, { ...question, budgetTokens: plan.wholeTokens }, key),
      searchParts(this.#dependencies.context, sessionId, plan),
    ]);
    const { workingSet, parts } = mergeParts(turn.workingSet, found, plan, budgetTokens);
    return { turn: { ...turn, workingSet }, parts };
  }

  /** The turn to be answered, begun now or before, with what the model shall see. */
  #turnOf(input: AskInput | AgainInput, question: Question, key: string): Promise<BegunTurn> {
    const { context } = this.#dependencies;
    return hop('turnId' in input ? 'ask-again' : 'begin-turn', async (note) => {
      const { sessionId, prompt, budgetTokens } = question;
      const idempotencyKey = `ask-${createHash('sha256').update(key).digest('hex')}`;
      const begun =
        'turnId' in input
          ? await context.askAgain({ turnId: input.turnId, budgetTokens })
          : await context.beginTurn({ sessionId, prompt, budgetTokens, idempotencyKey });
      note({ tokens: begun.workingSet.tokens });
      return begun;
    });
  }

  #layOut(turn: BegunTurn, question: Question, model: LanguageModel): Promise<FittedPrompt> {
    return hop('lay-out-prompt', async (note) => {
      const fitted = await fitPrompt({
        workingSet: turn.workingSet,
        question: question.prompt,
        maxTokens: question.maxTokens,
        model,
      });
      note({ tokens: fitted.promptTokens });
      return fitted;
    });
  }

  #start(job: GenerationJob): void {
    const { id } = job.record;
    const cancel = new AbortController();
    const ended = generate(job, this.#dependencies, cancel.signal)
      .catch((error: unknown) => this.#closeLater(job, error))
      .finally(() => this.#running.delete(id));
    this.#running.set(id, { sessionId: job.record.sessionId, cancel, ended });
  }

  /** A log that could not be closed, on a full disk say, is closed as failed as soon as that is possible. */
  async #closeLater({ record }: GenerationJob, error: unknown): Promise<void> {
    const { events, log } = this.#dependencies;
    const { signal } = this.#stopping;
    const code = error instanceof ContractError ? error.code : 'INTERNAL';
    const failure = { code, message: error instanceof Error ? error.message : 'a fault of this program' };
    const close = async () => {
      const [sofar] = await events.get([record.id]);
      if (sofar?.status !== 'running') return;
      await events.finish(record.id, { type: 'failed', ...failure }, { ...sofar.outcome, failure });
    };
    log.error({ err: error, generation: record.id }, 'a generation ended without being closed');
    const onFailure = (err: unknown, delayMs: number) =>
      log.error({ err, generation: record.id, delayMs }, 'a generation cannot be closed');
    await untilDone(close, { backoff: CLOSING, signal, onFailure });
  }
}
