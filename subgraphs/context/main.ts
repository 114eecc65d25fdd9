import { runMain } from '@supercontext/runtime/process/run-main.ts';
import { readContextConfig } from './config.ts';
import { OPERATIONS } from './operations.ts';
import { STAGE } from './stage.ts';
import { startContext } from './start.ts';

await runMain(STAGE, readContextConfig, (config, log) => startContext({ ...config, log }), OPERATIONS);
