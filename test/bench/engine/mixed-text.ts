import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NODE_MODULES = new URL('../../../node_modules/', import.meta.url).pathname;
const PER_FILE_BYTES = 32 << 10;

/** Documentation, source, JSON and styles of the installed packages, in the same order on every machine that has the same ones. */
export function mixedText(sizeBytes: number): string {
  const kinds = ['.md', '.ts', '.js', '.json', '.txt', '.css'].map((ending) => files(ending));
  const parts: string[] = [];
  let size = 0;
  for (let round = 0; size < sizeBytes; round++) {
    const before = size;
    for (const kind of kinds) {
      const path = kind[(round * 7) % Math.max(1, kind.length)];
      if (path === undefined || size >= sizeBytes) continue;
      const part = readFileSync(path)
        .subarray(0, Math.min(PER_FILE_BYTES, sizeBytes - size))
        .toString('utf8');
      parts.push(part.replaceAll('\0', ' '));
      size += Buffer.byteLength(part);
    }
    if (size === before) throw new Error('node_modules holds too little text');
  }
  return parts.join('');
}

function files(ending: string): readonly string[] {
  const found: string[] = [];
  for (const name of readdirSync(NODE_MODULES).sort()) {
    const folder = join(NODE_MODULES, name);
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isFile() && entry.name.endsWith(ending)) found.push(join(folder, entry.name));
      }
    } catch {
      // A file, not a folder.
    }
  }
  return found;
}
