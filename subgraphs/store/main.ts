import { runMain } from '@supercontext/runtime/process/run-main.ts';
import { readStoreConfig } from './config.ts';
import { OPERATIONS } from './operations.ts';
import { STAGE } from './stage.ts';
import { startStore } from './start.ts';

await runMain(STAGE, readStoreConfig, (config, log) => startStore({ ...config, log }), OPERATIONS);
