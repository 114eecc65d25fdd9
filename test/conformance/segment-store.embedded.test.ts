import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSegmentStore } from '@supercontext/store/search/embedded.ts';
import { afterAll, describe } from 'vitest';
import { segmentStoreConformance } from './segment-store.ts';

describe('the embedded segment store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'segment-store-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let files = 0;
  segmentStoreConformance(async () =>
    openSegmentStore({
      path: join(folder, `${++files}.sqlite`),
      onDamaged: (aside) => {
        throw new Error(`damaged: ${aside}`);
      },
    }),
  );
});
