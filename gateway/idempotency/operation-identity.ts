import { createHash } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Versions of UUIDs made of time or chance; the others are digests of names. */
const UNIQUE_VERSIONS = '1467';
/** Not the digest of something: the same thing twice would have the same id. */
const DIGEST = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i;
const SHORTEST = 16;
const FEWEST_DISTINCT = 8;
/** Changes between letters and digits for each character: random texts have more, words with a counter fewer. */
const LEAST_CHANGES = 1 / 4;

/**
 * Whether the id of an operation is unique by itself, so that two operations with it are one that its client sends again:
 * a random UUID, as graphql-ws makes it once for each subscription, or another random text of 16 characters and more. Ids that
 * count are not: two clients have the same. Wrong at times for random texts with few digits, which are then taken for words.
 */
export function isUniqueId(id: string): boolean {
  const letters = id.replace(/[-_]/g, '').toLowerCase();
  if (letters.length < SHORTEST || new Set(letters).size < FEWEST_DISTINCT) return false;
  const version = UUID.exec(id)?.[1];
  if (version !== undefined) return UNIQUE_VERSIONS.includes(version);
  if (DIGEST.test(id) || !/^[0-9a-z]+$/.test(letters)) return false;
  const changes = letters.match(/[a-z](?=[0-9])|[0-9](?=[a-z])/g)?.length ?? 0;
  return changes >= letters.length * LEAST_CHANGES;
}

export interface SentOperation {
  /** As the client made it for this operation. */
  readonly id: string;
  readonly text: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The same for an operation that a client sends again, and for no other; undefined where the id does not tell. */
export function identityOf({ id, text, operationName = '', variables }: SentOperation): string | undefined {
  if (!isUniqueId(id)) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([id, text, operationName, variables]))
    .digest('hex');
}
