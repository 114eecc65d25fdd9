import type { CompletionEvent, CompletionRequest } from '@supercontext/reasoning/model/language-model.ts';
import type { ModelServer } from '@supercontext/reasoning/model/remote/model-server.ts';
import type { PatienceLimits } from '@supercontext/reasoning/model/remote/patience.ts';
import { RemoteModel } from '@supercontext/reasoning/model/remote/remote.ts';

export const KEY = 'sk-never-to-be-seen-0123456789';
/** What is asked when a test says nothing else. */
export const QUESTION: CompletionRequest = {
  sessionId: 'ses_0123456789abcdef01234567',
  messages: [
    { role: 'system', content: 'Answer from the text. Lasting. New.', lastingLength: 30 },
    { role: 'user', content: 'When?' },
  ],
  question: 'When?',
  evidence: [],
  beside: [],
  maxTokens: 40,
  sampling: { temperature: 1, topP: 1, repetitionPenalty: 1 },
};
const never = new AbortController().signal;

const LIMITS: PatienceLimits = { beginMs: 2_000, stallMs: 300, totalMs: 3_000 };

/** A model of a server double, which is left soon when it says nothing. */
export function remoteModel(
  told: Partial<ModelServer> & Pick<ModelServer, 'baseUrl'>,
  limits: Partial<PatienceLimits> = {},
): RemoteModel {
  return new RemoteModel({
    server: { label: 'remote', dialect: 'openai', key: KEY, ...told },
    name: 'double',
    description: {
      id: 'remote:double',
      engine: 'remote',
      version: 'unknown',
      provider: 'x',
      contextTokens: 8_192,
      defaultBudgetTokens: 4_096,
      maxAnswerTokens: 1_024,
      stop: [],
      sampling: { temperature: 1, topP: 1, repetitionPenalty: 1 },
    },
    limits: { ...LIMITS, ...limits },
  });
}

interface Answer {
  readonly text: string;
  readonly events: readonly CompletionEvent[];
  readonly error: unknown;
}

/** All that a model says of a question, and how it ends. */
export async function answerOf(
  model: RemoteModel,
  more: Partial<CompletionRequest> = {},
  signal = never,
): Promise<Answer> {
  const events: CompletionEvent[] = [];
  let error: unknown = null;
  try {
    for await (const event of model.complete({ ...QUESTION, ...more }, signal)) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
  return { text, events, error };
}
