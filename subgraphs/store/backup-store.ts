import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRIVATE_FILE_MODE } from '@supercontext/runtime/process/private-files.ts';
import type { StoreState } from './state.ts';

/**
 * Copies fragments and the key they are named with to a new folder: the names of the files there. Segments are left out: they are
 * made again from the fragments in seconds.
 * @throws ContractError STORAGE_FULL, STORAGE_UNAVAILABLE
 */
export async function backupStore(
  { fragments, keptTenantKey }: Pick<StoreState, 'fragments' | 'keptTenantKey'>,
  folder: string,
): Promise<string[]> {
  await fragments.backupTo(join(folder, 'fragments.sqlite'));
  if (keptTenantKey === null) return ['fragments.sqlite'];
  writeFileSync(join(folder, 'tenant.key'), keptTenantKey, { mode: PRIVATE_FILE_MODE });
  return ['fragments.sqlite', 'tenant.key'];
}
