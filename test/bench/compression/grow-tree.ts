import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCompressionConfig } from '@supercontext/compression/config.ts';
import { appendToStore, type NewFragment } from '@supercontext/compression/fixtures/session-in-store.ts';
import { readStatus } from '@supercontext/compression/read-status.ts';
import { startCompression } from '@supercontext/compression/start.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { readStoreConfig } from '@supercontext/store/config.ts';
import { startStore } from '@supercontext/store/start.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import { corpus } from '../platform/session.ts';

export interface GrownTree {
  readonly seconds: number;
  readonly tokens: number;
  readonly nodes: number;
  readonly ratio: number;
}

const SESSION = `ses_${'b'.repeat(24)}`;
const FRAGMENT_CHARACTERS = 2_000;

/** How long the real stage, with its default settings, takes from the first hint to the last node of a session's tree. */
export async function growTree(tokens: number): Promise<GrownTree> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'compression-bench-'));
  const log = createLog({ name: 'bench', version: '0' }, 'error');
  const env = {
    SUPERCONTEXT_SIGNING_KEY: 'b'.repeat(32),
    SUPERCONTEXT_DATA: dataFolder,
    SUPERCONTEXT_STORE_PORT: '0',
    SUPERCONTEXT_COMPRESSION_PORT: '0',
  };
  const storeConfig = readStoreConfig(env);
  const store = await startStore({ ...storeConfig, log });
  const through = await appendToStore(
    { url: store.url, signingKey: storeConfig.signingKey },
    SESSION,
    0,
    fragments(tokens),
  );
  const compression = await startCompression({ ...readCompressionConfig(env), storeUrl: store.url, log });
  try {
    const { planner } = compression.state;
    const start = performance.now();
    planner.hint(SESSION);
    for (;;) {
      const { pendingJobs, nodes, originalTokens, summaryTokens } = await readStatus(SESSION, compression.state);
      const isLooked = (planner.planned(SESSION)?.readThrough ?? -1) === through;
      if (isLooked && planner.isSettled(SESSION) && pendingJobs === 0) {
        const seconds = (performance.now() - start) / 1_000;
        return { seconds, tokens: originalTokens, nodes, ratio: originalTokens / summaryTokens };
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    await compression.stop();
    await store.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

function fragments(tokens: number): NewFragment[] {
  const list: NewFragment[] = [];
  let total = 0;
  for (const { text } of corpus(tokens * 16)) {
    for (let start = 0; start < text.length && total < tokens; start += FRAGMENT_CHARACTERS) {
      const slice = text.slice(start, start + FRAGMENT_CHARACTERS).toWellFormed();
      const count = countTokens(slice);
      list.push({ text: slice, tokens: count });
      total += count;
    }
    if (total >= tokens) break;
  }
  return list;
}
