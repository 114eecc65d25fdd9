import type { FragmentName } from './fragment-id.ts';
import type { FragmentStore } from './fragments/fragment-store.ts';

/** Named one by one; of more their number is said, since hops travel in a header. */
const MOST_NAMED = 4;

/** The shards on which fragments lie, for a hop. */
export function shardsOf(fragments: FragmentStore, names: readonly FragmentName[]): string {
  const shards = new Set(names.map(({ sessionId, hash }) => fragments.shardOf(sessionId, hash)));
  return shards.size > MOST_NAMED ? `${shards.size} shards` : [...shards].sort().join(' ');
}
