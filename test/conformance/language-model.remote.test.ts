import { RemoteModel } from '@supercontext/reasoning/model/remote/remote.ts';
import { afterAll } from 'vitest';
import { type ModelServerDouble, modelServerDouble, say } from '../support/model-server.ts';
import { languageModelConformance } from './language-model.ts';

let server: ModelServerDouble;
afterAll(() => server?.close());

languageModelConformance('remote', async () => {
  server = await modelServerDouble(say('It', ' is', ' 300', ' seconds', ' [1].'));
  return new RemoteModel({
    server: { label: 'double', dialect: 'openai', baseUrl: server.url, key: null },
    name: 'double',
    description: {
      id: 'double:double',
      engine: 'remote',
      version: 'unknown',
      provider: new URL(server.url).origin,
      contextTokens: 8_192,
      defaultBudgetTokens: 4_096,
      maxAnswerTokens: 1_024,
      stop: [],
      sampling: { temperature: 1, topP: 1, repetitionPenalty: 1 },
    },
    limits: { beginMs: 5_000, stallMs: 5_000, totalMs: 10_000 },
  });
});
