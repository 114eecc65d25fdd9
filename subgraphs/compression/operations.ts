import type { Operations } from '@supercontext/runtime/process/run-main.ts';
import type { CompressionConfig } from './config.ts';
import { openSummaryStore } from './summaries/embedded.ts';

/** A file of the form that this stage keeps, and the sessions in question. */
interface InFile {
  readonly path: string;
  readonly sessions: readonly string[];
}

/** For the operator. Summaries are not moved: they are made again. */
export const OPERATIONS: Operations<CompressionConfig> = {
  /** Takes sessions out of a file. */
  forget: async (_config: CompressionConfig, { path, sessions }: InFile) => {
    const file = openSummaryStore({ path, onDamaged: () => {} });
    try {
      for (const id of sessions) await file.erase(id);
    } finally {
      await file.close();
    }
  },
};
