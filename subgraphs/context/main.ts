import { runMain } from '@supercontext/runtime/run-main.ts';
import { readContextConfig } from './config.ts';
import { STAGE, startContext } from './start.ts';

await runMain(STAGE, readContextConfig, (config, log) => startContext({ ...config, log }));
