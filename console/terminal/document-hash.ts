import { createHash } from 'node:crypto';

/** What the platform calls the hash of a document that is sent in these parts. */
export function documentHash(parts: readonly string[]): string {
  const hashes = parts.map((part) => createHash('sha256').update(part).digest());
  const [first] = hashes;
  if (first !== undefined && hashes.length === 1) return first.toString('hex');
  const hash = createHash('sha256');
  for (const part of hashes) hash.update(part);
  return hash.digest('hex');
}
