import { createHash } from 'node:crypto';
import { ContractError, type ErrorCode, MAXIMUM_QUESTION_CHARACTERS } from '@supercontext/contract';
import type { LanguageModel, Sampling } from './model/language-model.ts';

/** A question as it comes over the graph; null and left out mean the same. */
export interface AskInput {
  readonly sessionId: string;
  readonly prompt: string;
  readonly budgetTokens?: number | null;
  readonly maxTokens?: number | null;
  readonly model?: string | null;
  readonly temperature?: number | null;
  readonly seed?: number | null;
  readonly idempotencyKey?: string | null;
}

/** A question that was asked before and is to be answered anew. */
export interface AgainInput extends Omit<AskInput, 'prompt' | 'sessionId'> {
  readonly turnId: string;
}

/** A question with the model's defaults filled in, within every range. */
export interface Question {
  readonly sessionId: string;
  readonly prompt: string;
  readonly budgetTokens: number;
  readonly maxTokens: number;
  readonly sampling: Sampling;
}

const SESSION_ID = /^ses_[0-9a-f]{24}$/;
const TURN_ID = /^ses_[0-9a-f]{24}\.t\d{1,9}$/;
const MINIMUM_BUDGET_TOKENS = 256;
const MAXIMUM_KEY_CHARACTERS = 128;

/**
 * Checks what can be checked without a model.
 * @throws ContractError INPUT_INVALID, TEXT_INVALID, SESSION_NOT_FOUND for an id no session can have.
 */
export function checkInput(input: AskInput): void {
  const { prompt } = input;
  if (!prompt.isWellFormed() || prompt.includes('\0')) {
    throw new ContractError('TEXT_INVALID', 'the prompt holds lone surrogates or NUL characters', {
      argument: 'prompt',
    });
  }
  refuseUnless(
    prompt.trim() !== '' && prompt.length <= MAXIMUM_QUESTION_CHARACTERS,
    'prompt',
    `1-${MAXIMUM_QUESTION_CHARACTERS} characters, not all blank`,
  );
  checkSettings(input);
  checkSessionId(input.sessionId);
}

/** The same for a question that was checked when it was asked. @throws ContractError INPUT_INVALID */
export function checkAgain(input: AgainInput): void {
  refuseUnless(TURN_ID.test(input.turnId), 'turnId', 'the id of a turn');
  checkSettings(input);
}

/** @param turnId One that `checkAgain` has let pass, or the context stage has given. */
export function sessionOfTurn(turnId: string): string {
  return turnId.slice(0, turnId.indexOf('.'));
}

function checkSettings({ idempotencyKey, temperature, maxTokens }: Omit<AskInput, 'prompt' | 'sessionId'>): void {
  if (idempotencyKey !== null && idempotencyKey !== undefined) {
    refuseUnless(
      idempotencyKey.length >= 1 && idempotencyKey.length <= MAXIMUM_KEY_CHARACTERS && idempotencyKey.isWellFormed(),
      'idempotencyKey',
      `1-${MAXIMUM_KEY_CHARACTERS} characters`,
    );
  }
  if (temperature !== null && temperature !== undefined) {
    refuseUnless(temperature >= 0 && temperature <= 2, 'temperature', '0-2');
  }
  if (maxTokens !== null && maxTokens !== undefined) refuseUnless(maxTokens >= 1, 'maxTokens', 'at least 1');
}

/** @throws ContractError SESSION_NOT_FOUND for an id no session can have */
export function checkSessionId(sessionId: string): void {
  if (!SESSION_ID.test(sessionId)) throw new ContractError('SESSION_NOT_FOUND', 'no session has this id');
}

/**
 * Fills in the model's defaults and checks the question against its window.
 * @throws ContractError BUDGET_EXCEEDED when the budget is out of range or smaller than the question, by the model's own
 *   count; CONTEXT_WINDOW_EXCEEDED when the answer leaves no room for a prompt.
 */
export async function fitQuestion(
  input: AskInput,
  model: Pick<LanguageModel, 'description' | 'countTokens'>,
): Promise<Question> {
  const { contextTokens, defaultBudgetTokens, maxAnswerTokens, sampling } = model.description;
  const maxTokens = input.maxTokens ?? maxAnswerTokens;
  const maximumBudgetTokens = contextTokens - maxTokens;
  if (maximumBudgetTokens < MINIMUM_BUDGET_TOKENS) {
    throw new ContractError(
      'CONTEXT_WINDOW_EXCEEDED',
      `an answer of ${maxTokens} tokens leaves no room for a prompt in a window of ${contextTokens}`,
      { contextTokens, maxTokens },
    );
  }
  const budgetTokens = input.budgetTokens ?? Math.min(defaultBudgetTokens, maximumBudgetTokens);
  if (budgetTokens < MINIMUM_BUDGET_TOKENS || budgetTokens > maximumBudgetTokens) {
    throw budgetExceeded(
      `budgetTokens: expected ${MINIMUM_BUDGET_TOKENS}-${maximumBudgetTokens}, what this model's window holds`,
      { minimum: MINIMUM_BUDGET_TOKENS, maximum: maximumBudgetTokens },
    );
  }
  const [questionTokens = 0] = await model.countTokens([input.prompt]);
  if (questionTokens > budgetTokens) {
    throw budgetExceeded(`the question has ${questionTokens} tokens, more than the budget of ${budgetTokens}`, {
      questionTokens,
      budgetTokens,
    });
  }
  return {
    sessionId: input.sessionId,
    prompt: input.prompt,
    budgetTokens,
    maxTokens,
    sampling: {
      ...sampling,
      temperature: input.temperature ?? sampling.temperature,
      ...(input.seed === null || input.seed === undefined ? {} : { seed: input.seed }),
    },
  };
}

/** Of everything in the input that shapes the answer: two inputs with one hash ask the same. */
export function hashRequest(input: AskInput | AgainInput): string {
  const { budgetTokens, maxTokens, model, temperature, seed } = input;
  const about = 'prompt' in input ? input.prompt : { turnId: input.turnId };
  const shape = [about, budgetTokens ?? null, maxTokens ?? null, model ?? null, temperature ?? null, seed ?? null];
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex');
}

/** Codes of errors in what was asked: the answer of `ask` carries them as data. Whatever else goes wrong is thrown. */
export const CORRECTABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'INPUT_INVALID',
  'TEXT_INVALID',
  'SESSION_NOT_FOUND',
  'BUDGET_EXCEEDED',
  'CONTEXT_WINDOW_EXCEEDED',
  'MODEL_UNKNOWN',
  'IDEMPOTENCY_KEY_REUSED',
]);

function refuseUnless(holds: boolean, argument: string, expected: string): void {
  if (!holds) throw new ContractError('INPUT_INVALID', `${argument}: expected ${expected}`, { argument });
}

function budgetExceeded(message: string, details: ContractError['details']): ContractError {
  return new ContractError('BUDGET_EXCEEDED', message, details);
}
