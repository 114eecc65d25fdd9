import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFragmentStore } from '@supercontext/store/fragments/embedded.ts';
import type { FragmentStore } from '@supercontext/store/fragments/fragment-store.ts';
import { describe } from 'vitest';
import { fragmentStoreConformance } from './fragment-store.ts';

describe('the embedded fragment store', () => {
  fragmentStoreConformance(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fragment-store-'));
    let open: FragmentStore | null = null;
    const close = async () => {
      await open?.close();
      open = null;
    };
    return {
      isShared: true,
      async open(tenantKey) {
        await close();
        open = openFragmentStore({ path: join(folder, 'fragments.sqlite'), tenantKey });
        return open;
      },
      async remove() {
        await close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  });
});
