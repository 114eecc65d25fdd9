import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { StageName } from '@supercontext/runtime/common-settings.ts';
import { ENTRY, ROOT } from './stages.ts';

export interface StageProcess extends Pick<SpawnOptions, 'stdio' | 'timeout' | 'killSignal'> {
  readonly environment: NodeJS.ProcessEnv;
  /** Options of Node itself. */
  readonly flags?: readonly string[];
  /** What the stage's program is called with. */
  readonly words?: readonly string[];
}

/**
 * Where Node keeps the code of the modules as it was compiled, which halves the start of a stage. Beside the code it is made of: who may
 * write there may change that, too. What is damaged or of another version is compiled again.
 */
export const COMPILE_CACHE: Readonly<NodeJS.ProcessEnv> = {
  NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'compiled'),
};

/** Starts the process of a stage. The key of a model's server is told to no other than the reasoning stage. */
export function spawnStage(
  stage: StageName,
  { environment, flags = [], words = [], ...options }: StageProcess,
): ChildProcess {
  const { SUPERCONTEXT_MODEL_KEY: _, ...others } = environment;
  const env = { ...COMPILE_CACHE, ...(stage === 'reasoning' ? environment : others) };
  return spawn(process.execPath, [...flags, join(ROOT, ENTRY[stage]), ...words], { ...options, cwd: ROOT, env });
}
