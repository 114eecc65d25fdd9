import { runMain } from '@supercontext/runtime/run-main.ts';
import { readReasoningConfig } from './config.ts';
import { STAGE, startReasoning } from './start.ts';

await runMain(STAGE, readReasoningConfig, (config, log) => startReasoning({ ...config, log }));
