import type { Role, Source } from '@supercontext/contract';
import type { SubgraphClient } from '@supercontext/runtime/call-subgraph.ts';
import {
  AnnounceFragmentsDocument,
  EraseFromStoreDocument,
  type EraseFromStoreMutation,
  FragmentsByIdDocument,
  KnownSessionsDocument,
  PutFragmentsDocument,
  SearchSessionDocument,
} from '../generated/store-calls.ts';
import { formatFragmentId, hashOfFragment } from '../session-id.ts';

/** A fragment on its way to the store. */
export interface NewFragment {
  readonly role: Role;
  readonly source: Source;
  readonly text: string;
  readonly tokens: number;
}

/** A fragment that fits a question. */
export interface Hit {
  readonly hash: string;
  readonly position: number;
  readonly score: number;
  readonly text: string;
  readonly tokens: number;
  /** Path or title it came with. */
  readonly name: string | null;
}

export interface SearchAnswer {
  /** Best first, a fragment once although the log lists it twice. */
  readonly hits: readonly Hit[];
  /** Last position search has seen; -1 when none. */
  readonly indexedThrough: number;
  /** Ids of fragments that fit but are damaged at rest. */
  readonly unreadable: readonly string[];
}

export interface AnnouncedEntry {
  readonly position: number;
  readonly hash: string;
  readonly tokens: number;
}

/** Limits on one call, from the caller's patience. */
export interface Patience {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}

/** What this stage needs of the store. All verbs throw the store's ContractError, or that it does not answer. */
export interface StoreStage {
  /** Stores at most 512 fragments, durable and in order: their hashes. Idempotent. */
  put(sessionId: string, fragments: readonly NewFragment[], signal?: AbortSignal): Promise<string[]>;
  /** Says what the log lists where: the last position the store knows without a gap. At most 4 096 entries. Idempotent. */
  announce(sessionId: string, entries: readonly AnnouncedEntry[]): Promise<number>;
  search(sessionId: string, query: string, first: number, patience: Patience): Promise<SearchAnswer>;
  /** Texts in the order asked, null for what is not there. At most 512. */
  texts(sessionId: string, hashes: readonly string[], patience: Patience): Promise<(string | null)[]>;
  /** Erases a session's fragments and segments for good: what that was. Idempotent. */
  erase(sessionId: string): Promise<EraseFromStoreMutation['eraseFromStore']>;
  /** Sessions whose log the store knows, in order of id, at most 1 000 after `after`. */
  known(after: string | null): Promise<{ readonly id: string; readonly knownThrough: number }[]>;
}

/** A look through the logs of all sessions, in steps: slow where there are many. */
const ERASE_DEADLINE_MS = 60_000;

const KNOWN_PAGE = 1_000;

/** An append is durable before it is announced: it does not wait long for a store that hangs. */
const ANNOUNCE_DEADLINE_MS = 5_000;

export function storeStage(client: SubgraphClient): StoreStage {
  return {
    async put(sessionId, fragments, signal) {
      const input = {
        sessionId,
        fragments: fragments.map(({ role, source, text, tokens }) => ({
          role: role.toUpperCase() as Uppercase<Role>,
          source: { kind: source.kind.toUpperCase() as Uppercase<Source['kind']>, name: source.name },
          text,
          tokens,
        })),
      };
      const { putFragments } = await client.call(
        PutFragmentsDocument,
        { input },
        signal === undefined ? {} : { signal },
      );
      return putFragments.ids.map(hashOfFragment);
    },
    async erase(sessionId) {
      const patience = { deadlineMs: ERASE_DEADLINE_MS };
      return (await client.call(EraseFromStoreDocument, { sessionId }, patience)).eraseFromStore;
    },
    async announce(sessionId, entries) {
      const input = {
        sessionId,
        entries: entries.map(({ position, hash, tokens }) => ({
          position,
          fragmentId: formatFragmentId(sessionId, hash),
          tokens,
        })),
      };
      const patience = { deadlineMs: ANNOUNCE_DEADLINE_MS };
      return (await client.call(AnnounceFragmentsDocument, { input }, patience)).announceFragments.knownThrough;
    },
    async search(sessionId, query, first, patience) {
      const { searchSession } = await client.call(SearchSessionDocument, { sessionId, query, first }, patience);
      const hits = searchSession.hits.flatMap(({ fragment, position, score }) =>
        fragment === null || fragment === undefined
          ? []
          : [
              {
                hash: hashOfFragment(fragment.id),
                position,
                score,
                text: fragment.text,
                tokens: fragment.tokens,
                name: fragment.source.name,
              },
            ],
      );
      return { hits, indexedThrough: searchSession.indexedThrough, unreadable: searchSession.unreadable };
    },
    async texts(sessionId, hashes, patience) {
      const ids = hashes.map((hash) => formatFragmentId(sessionId, hash));
      const { fragments } = await client.call(FragmentsByIdDocument, { ids }, patience);
      return fragments.map((fragment) => fragment?.text ?? null);
    },
    async known(after) {
      return (await client.call(KnownSessionsDocument, { first: KNOWN_PAGE, after })).knownSessions;
    },
  };
}
