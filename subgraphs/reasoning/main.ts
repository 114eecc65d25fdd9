import { runMain } from '@supercontext/runtime/process/run-main.ts';
import { checkReasoningConfig } from './config.ts';
import { OPERATIONS } from './operations.ts';
import { STAGE } from './stage.ts';
import { startReasoning } from './start.ts';

await runMain(STAGE, checkReasoningConfig, (config, log) => startReasoning({ ...config, log }), OPERATIONS);
