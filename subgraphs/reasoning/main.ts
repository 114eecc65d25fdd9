import { runMain } from '@supercontext/runtime/process/run-main.ts';
import { readReasoningConfig } from './config.ts';
import { STAGE } from './stage.ts';
import { startReasoning } from './start.ts';

await runMain(STAGE, readReasoningConfig, (config, log) => startReasoning({ ...config, log }));
