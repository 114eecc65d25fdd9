import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDamage, withStorageFaults } from './sqlite-fault.ts';

/**
 * Opens a file of derived state. A damaged one is put aside as `<path>.damaged` and a new one begun, since all that was
 * in it can be made again; `onDamaged` is told. Other faults of the disk are thrown as STORAGE_FULL or STORAGE_UNAVAILABLE.
 */
export function openDerived<Opened>(path: string, open: () => Opened, onDamaged: (aside: string) => void): Opened {
  mkdirSync(dirname(path), { recursive: true });
  return withStorageFaults(() => {
    try {
      return open();
    } catch (error) {
      if (!isDamage(error)) throw error;
      const aside = `${path}.damaged`;
      renameSync(path, aside);
      for (const side of [`${path}-wal`, `${path}-shm`]) {
        if (statSync(side, { throwIfNoEntry: false }) !== undefined) rmSync(side);
      }
      onDamaged(aside);
      return open();
    }
  });
}
