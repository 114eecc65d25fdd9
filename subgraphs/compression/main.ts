import { runMain } from '@supercontext/runtime/process/run-main.ts';
import { readCompressionConfig } from './config.ts';
import { OPERATIONS } from './operations.ts';
import { STAGE } from './stage.ts';
import { startCompression } from './start.ts';

await runMain(STAGE, readCompressionConfig, (config, log) => startCompression({ ...config, log }), OPERATIONS);
