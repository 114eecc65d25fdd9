import { runMain } from '@supercontext/runtime/run-main.ts';
import { readStoreConfig } from './config.ts';
import { STAGE, startStore } from './start.ts';

await runMain(STAGE, readStoreConfig, (config, log) => startStore({ ...config, log }));
