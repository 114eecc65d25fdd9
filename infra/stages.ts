import { join } from 'node:path';
import type { StageName } from '@supercontext/runtime/common-settings.ts';

export const ROOT = join(import.meta.dirname, '..');

/** The five processes, callees first. */
export const STAGES = [
  'store',
  'compression',
  'context',
  'reasoning',
  'gateway',
] as const satisfies readonly StageName[];

/** What each of them runs. */
export const ENTRY: Readonly<Record<StageName, string>> = {
  store: 'subgraphs/store/main.ts',
  compression: 'subgraphs/compression/main.ts',
  context: 'subgraphs/context/main.ts',
  reasoning: 'subgraphs/reasoning/main.ts',
  gateway: 'gateway/main.ts',
};
