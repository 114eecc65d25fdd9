import { setTimeout as sleep } from 'node:timers/promises';
import { readReasoningConfig } from '@supercontext/reasoning/config.ts';
import { STAGE } from '@supercontext/reasoning/stage.ts';
import { startReasoning } from '@supercontext/reasoning/start.ts';
import { runMain } from '@supercontext/runtime/process/run-main.ts';
import { scriptedModel } from '../support/scripted-model.ts';

// The reasoning stage as a process of its own, with a model that says a numbered word every few milliseconds.
await runMain(STAGE, readReasoningConfig, (config, log) =>
  startReasoning({
    ...config,
    model: 'smollm2-135m-instruct',
    modelPath: import.meta.filename,
    openModel: async () =>
      scriptedModel(async function* ({ maxTokens }) {
        for (let word = 0; word < maxTokens; word++) {
          await sleep(5);
          yield `word${word} `;
        }
      }),
    log,
  }),
);
