import {
  CONTRACT_TOKENIZER,
  ContractError,
  type Fragment,
  type Role,
  type Source,
  tokens,
  WRITTEN_VERSIONS,
} from '@supercontext/contract';
import { inSlices } from '@supercontext/runtime/process/in-slices.ts';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import { checkSessionId, formatFragmentId } from './fragment-id.ts';
import type { FragmentInput, PutFragmentsInput, PutFragmentsPayload } from './generated/resolvers.ts';
import { indexedText } from './search/indexed-text.ts';
import type { IndexedText } from './search/session-index.ts';
import { shardsOf } from './shards-of.ts';
import type { StoreState } from './state.ts';

const MAXIMUM_FRAGMENTS = 512;
const MAXIMUM_TEXT_UNITS = 1024 * 1024;
const MAXIMUM_NAME_UNITS = 1_024;

/**
 * Stores a batch of fragments under content-addressed ids. Durable when it returns, atomic, idempotent.
 * @throws ContractError INPUT_INVALID, TEXT_INVALID naming the fragment, STORAGE_FULL, STORAGE_UNAVAILABLE
 */
export async function putFragments(
  { fragments, indexes, recentTexts }: StoreState,
  input: PutFragmentsInput,
): Promise<PutFragmentsPayload> {
  checkSessionId(input.sessionId);
  if (input.fragments.length > MAXIMUM_FRAGMENTS) {
    throw invalid(`at most ${MAXIMUM_FRAGMENTS} fragments, got ${input.fragments.length}`, 'fragments');
  }
  const batch = input.fragments.map(readFragment);
  return hop('put-fragments', async (note) => {
    const { hashes, deduplicated } = await fragments.put(batch, input.sessionId);
    const texts = await inSlices(batch, indexedText);
    for (const [at, hash] of hashes.entries()) recentTexts.add(hash, texts[at] as IndexedText);
    // A log may have listed them before they were here, or after they were damaged.
    indexes.heal(hashes);
    const { sessionId } = input;
    const shard = shardsOf(
      fragments,
      hashes.map((hash) => ({ sessionId, hash })),
    );
    note({ shard, tokens: batch.reduce((sum, fragment) => sum + fragment.tokens, 0) });
    return { ids: hashes.map((hash) => formatFragmentId(sessionId, hash)), deduplicated };
  });
}

function readFragment(input: FragmentInput, at: number): Fragment {
  const { text, source } = input;
  const name = source.name ?? null;
  if (text.length === 0 || text.length > MAXIMUM_TEXT_UNITS) {
    throw invalid(`text: 1 to ${MAXIMUM_TEXT_UNITS} UTF-16 units, got ${text.length}`, `fragments[${at}].text`);
  }
  if (!text.isWellFormed() || text.includes('\0') || !(name ?? '').isWellFormed()) {
    throw new ContractError('TEXT_INVALID', `fragments[${at}] holds lone surrogates or NUL`, { item: at });
  }
  if ((name ?? '').length > MAXIMUM_NAME_UNITS) {
    throw invalid(`source.name: at most ${MAXIMUM_NAME_UNITS} characters`, `fragments[${at}].source.name`);
  }
  if (input.tokens < 0) throw invalid('tokens: at least 0', `fragments[${at}].tokens`);
  return {
    contractVersion: WRITTEN_VERSIONS.fragment,
    role: input.role.toLowerCase() as Role,
    source: { kind: source.kind.toLowerCase() as Source['kind'], name },
    text,
    tokens: tokens(input.tokens),
    tokenizer: CONTRACT_TOKENIZER,
  };
}

function invalid(message: string, argument: string): ContractError {
  return new ContractError('INPUT_INVALID', message, { argument });
}
