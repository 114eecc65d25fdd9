import { ContractError, type ErrorCode, type Fragment } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import DataLoader from 'dataloader';
import { parseFragmentId } from './fragment-id.ts';
import type { FragmentRead, FragmentStore } from './fragments/fragment-store.ts';
import { shardsOf } from './shards-of.ts';

/** Ids one request may name: the batching rule of the contract. */
const MAXIMUM_IDS = 512;

/** A fragment under its id on the graph. */
export interface FragmentNode {
  readonly id: string;
  readonly fragment: Fragment;
  readonly createdAtMs: number;
}

/** Fragment id -> its fragment, null when the store lacks it. Rejects with FRAGMENT_CORRUPT for a damaged one alone. */
export type FragmentLoader = DataLoader<string, FragmentNode | null>;

/** One loader per operation: what it collects in a tick is one read of the store, identical ids once. */
export function fragmentLoader(fragments: FragmentStore): FragmentLoader {
  return new DataLoader<string, FragmentNode | null>((ids) => readFragments(fragments, ids), {
    maxBatchSize: MAXIMUM_IDS,
  });
}

async function readFragments(
  fragments: FragmentStore,
  ids: readonly string[],
): Promise<(FragmentNode | ContractError | null)[]> {
  const names = ids.map(parseFragmentId);
  const known = names.filter((name) => name !== null);
  const reads =
    known.length === 0
      ? []
      : await hop('read-fragments', (note) => {
          note({ shard: shardsOf(fragments, known) });
          return fragments.get(known);
        });
  let next = 0;
  return ids.map((id, at) => (names[at] === null ? null : node(id, reads[next++] ?? { state: 'missing' })));
}

function node(id: string, read: FragmentRead): FragmentNode | ContractError | null {
  switch (read.state) {
    case 'whole':
      return { id, fragment: read.fragment, createdAtMs: read.createdAtMs };
    case 'missing':
      return null;
    case 'corrupt':
      return new ContractError('FRAGMENT_CORRUPT', `${id} is damaged at rest`, { fragmentId: id });
  }
}

/**
 * The fragment that a log lists.
 * @throws ContractError FRAGMENT_MISSING when the store lacks it, FRAGMENT_CORRUPT when it is damaged
 */
export async function loadListed(loader: FragmentLoader, id: string): Promise<FragmentNode> {
  const found = await loader.load(id);
  if (found !== null) return found;
  throw new ContractError('FRAGMENT_MISSING', `${id} is listed but missing at rest`, { fragmentId: id });
}

/**
 * Fragments in the order asked, each a node, null where the store lacks it, or an error in its own place.
 * @throws ContractError INPUT_INVALID for more than 512 ids
 */
export function loadFragments(loader: FragmentLoader, ids: readonly string[]): Promise<FragmentNode>[] {
  checkCount(ids);
  // The generated types know a list of nullable promises, not one of promises of null; GraphQL itself takes both.
  return ids.map((id) => loader.load(id) as Promise<FragmentNode>);
}

/**
 * Texts in the order asked, each or why it cannot be read: one that is damaged does not hide the others.
 * @throws ContractError INPUT_INVALID for more than 512 ids, STORAGE_UNAVAILABLE
 */
export async function readTexts(
  loader: FragmentLoader,
  ids: readonly string[],
): Promise<{ readonly text: string | null; readonly name: string | null; readonly code: ErrorCode | null }[]> {
  checkCount(ids);
  const read = await loader.loadMany([...ids]);
  return read.map((found) => {
    if (found === null) return { text: null, name: null, code: 'FRAGMENT_MISSING' };
    if (!(found instanceof Error)) {
      const { text, source } = found.fragment;
      return { text, name: source.name, code: null };
    }
    if (found instanceof ContractError && found.code === 'FRAGMENT_CORRUPT') {
      return { text: null, name: null, code: found.code };
    }
    throw found;
  });
}

function checkCount(ids: readonly string[]): void {
  if (ids.length <= MAXIMUM_IDS) return;
  throw new ContractError('INPUT_INVALID', `ids: at most ${MAXIMUM_IDS}, got ${ids.length}`, { argument: 'ids' });
}
