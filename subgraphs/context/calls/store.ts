import type { Role, Source } from '@supercontext/contract';
import type { CallOptions, SubgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import type { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { FragmentText } from '../fragment-texts.ts';
import {
  AnnounceFragmentsDocument,
  EraseFromStoreDocument,
  type EraseFromStoreMutation,
  FragmentTextsDocument,
  KnownSessionsDocument,
  LogDigestsDocument,
  PutFragmentsDocument,
  RankSessionDocument,
  StoreInstanceDocument,
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
}

/** Of all names in a query, each by its rarity. */
export interface NamesFound {
  /** 0-1: how rare the rarest other one is that stands in one place with it, beside the rarest there is. */
  readonly together: number;
  /** 0-1: the share of them that stand anywhere. */
  readonly there: number;
}

export interface SearchAnswer {
  /** Best first, a fragment once although the log lists it twice. */
  readonly hits: readonly Hit[];
  /** 0-1: how much of the query one of the first hits has by itself, rare words above all. */
  readonly coverage: number;
  /** How well the session knows the names of the query; null for one without. */
  readonly names: NamesFound | null;
  /** The cosine of what is nearest to the query, -1 to 1; null when nothing was compared. */
  readonly similarity: number | null;
  /** Last position search has seen; -1 when none. */
  readonly indexedThrough: number;
  /** Of the store's copy of the log through `indexedThrough`. */
  readonly logDigest: string;
  /** Of the positions that the store knows to be withdrawn. */
  readonly withdrawnDigest: string;
  /** Positions of the messages that say how things are to be done from now on, the newest first. */
  readonly instructions: readonly number[];
  /** Positions that search cannot find since their fragments are missing or damaged: the first ones, and how many in all. */
  readonly unsearchable: readonly number[];
  readonly unsearchableCount: number;
  /** Why some or all of the session could not be searched by meaning. */
  readonly degraded: readonly { readonly code: string; readonly message: string }[];
}

/** How far the store's copy of a log goes without a gap, its digest there, and that of the positions it knows to be withdrawn. */
export interface LogReplica {
  readonly knownThrough: number;
  readonly digest: string;
  readonly withdrawnDigest: string;
}

/** That the copy with this digest is wrong from position `from` on. */
export interface Replacement {
  readonly from: number;
  readonly digest: string;
}

/** What else a replication says. */
export interface ReplicaChange {
  readonly replaces?: Replacement | undefined;
  /** Which positions are withdrawn now, where the copy knows others. */
  readonly withdrawn?: Withdrawn | undefined;
}

/** A fragment's text, or the code that says why it cannot be read. */
export type TextRead = FragmentText | { readonly code: 'FRAGMENT_MISSING' | 'FRAGMENT_CORRUPT' };

export interface ReplicatedEntry {
  readonly position: number;
  readonly hash: string;
  readonly tokens: number;
}

/** What this stage needs of the store. All verbs throw the store's ContractError, or that it does not answer. */
export interface StoreStage {
  /** Stores at most 512 fragments, durable and in order: their hashes. Idempotent. */
  put(sessionId: string, fragments: readonly NewFragment[], signal?: AbortSignal): Promise<string[]>;
  /**
   * Says what the log lists where: how far the store's copy then goes. At most 4 096 entries. Idempotent. Nothing is taken
   * when the copy says otherwise of a position, unless that is named in `replaces`.
   */
  replicate(sessionId: string, entries: readonly ReplicatedEntry[], change?: ReplicaChange): Promise<LogReplica>;
  /** Digests of the copy of a log through each position, null beyond its end. At most 64. */
  digests(sessionId: string, positions: readonly number[]): Promise<(string | null)[]>;
  /** Another one for each process of the store. */
  instance(): Promise<string>;
  search(sessionId: string, query: string, first: number, options: CallOptions): Promise<SearchAnswer>;
  /** Texts in the order asked. At most 512. */
  texts(sessionId: string, hashes: readonly string[], options: CallOptions): Promise<TextRead[]>;
  /** Erases a session's fragments and segments for good: what that was. Idempotent. */
  erase(sessionId: string): Promise<EraseFromStoreMutation['eraseFromStore']>;
  /** Sessions whose log the store knows, in order of id, at most 1 000 after `after`. */
  known(after: string | null): Promise<(LogReplica & { readonly id: string })[]>;
}

/** A look through the logs of all sessions, in steps: slow where there are many. */
const ERASE_DEADLINE_MS = 60_000;

const KNOWN_PAGE = 1_000;

/** An append is durable before it is replicated: it does not wait long for a store that hangs. */
const REPLICATE_DEADLINE_MS = 5_000;
const INSTANCE_DEADLINE_MS = 5_000;

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
      const options = { deadlineMs: ERASE_DEADLINE_MS };
      return (await client.call(EraseFromStoreDocument, { sessionId }, options)).eraseFromStore;
    },
    async replicate(sessionId, entries, { replaces, withdrawn } = {}) {
      const input = {
        sessionId,
        entries: entries.map(({ position, hash, tokens }) => ({
          position,
          fragmentId: formatFragmentId(sessionId, hash),
          tokens,
        })),
        replaces: replaces ?? null,
        withdrawn: withdrawn === undefined ? null : Buffer.from(withdrawn.encode()).toString('base64'),
      };
      const options = { deadlineMs: REPLICATE_DEADLINE_MS };
      return (await client.call(AnnounceFragmentsDocument, { input }, options)).announceFragments;
    },
    async digests(sessionId, positions) {
      const { logDigests } = await client.call(LogDigestsDocument, { sessionId, positions: [...positions] });
      return logDigests.map((digest) => digest ?? null);
    },
    async instance() {
      return (await client.call(StoreInstanceDocument, {}, { deadlineMs: INSTANCE_DEADLINE_MS })).storeInstance;
    },
    async search(sessionId, query, first, options) {
      const { hits, similarity, names, ...found } = (
        await client.call(RankSessionDocument, { sessionId, query, first }, options)
      ).rankSession;
      return {
        similarity: similarity ?? null,
        names: names ?? null,
        hits: hits.map(({ fragmentId, ...place }) => ({ hash: hashOfFragment(fragmentId), ...place })),
        ...found,
      };
    },
    async texts(sessionId, hashes, options) {
      const ids = hashes.map((hash) => formatFragmentId(sessionId, hash));
      const { fragmentTexts } = await client.call(FragmentTextsDocument, { ids }, options);
      return fragmentTexts.map(({ text, name, code }) => {
        if (text !== null && text !== undefined) return { text, name: name ?? null };
        return { code: code === 'FRAGMENT_CORRUPT' ? code : 'FRAGMENT_MISSING' };
      });
    },
    async known(after) {
      return (await client.call(KnownSessionsDocument, { first: KNOWN_PAGE, after })).knownSessions;
    },
  };
}
