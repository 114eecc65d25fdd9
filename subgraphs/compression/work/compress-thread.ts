import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import { extract } from '../method/extract.ts';
import type { CompressTask } from './compress-pool.ts';

/** Lower than everything else of the platform: a turn that wants the core gets it. */
const NICE = 19;

// On Linux 0 names this thread alone. Elsewhere it would be the whole process, GraphQL included.
if (process.platform === 'linux') setPriority(0, NICE);
// The tables of the tokenizer are built at its first use, not during the first task.
countTokens('ready');

const port = parentPort;
port?.on('message', ({ texts, budgetTokens }: CompressTask) => {
  port.postMessage(extract(texts, budgetTokens));
});
