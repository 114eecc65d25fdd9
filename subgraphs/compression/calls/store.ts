import { ContractError } from '@supercontext/contract';
import type { SubgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import {
  FragmentTextsDocument,
  KnownSessionsDocument,
  LogDigestDocument,
  LogEntriesDocument,
  WithdrawnDocument,
} from '../generated/store-calls.ts';
import type { LogEntry } from '../tree/plan-leaves.ts';

/** A session whose log the store knows. */
export interface KnownSession {
  readonly id: string;
  readonly knownThrough: number;
  /** Of the store's copy of the log through `knownThrough`: see runtime/log-digest.ts. */
  readonly digest: string;
  readonly withdrawnDigest: string;
}

/** What this stage reads of the store. Every method throws the store's error, SUBGRAPH_UNAVAILABLE or DEADLINE_EXCEEDED. */
export interface StoreLog {
  /** Up to `first` sessions in order of id, after `after`. */
  knownSessions(first: number, after: string | null): Promise<readonly KnownSession[]>;
  /** Up to `first` entries in order; empty for an unknown session. */
  entries(sessionId: string, from: number, first: number): Promise<readonly LogEntry[]>;
  /** Which positions of a session's log are withdrawn. */
  withdrawn(sessionId: string): Promise<Withdrawn>;
  /** The digest of the store's copy of a log through a position, null beyond its end. */
  digest(sessionId: string, through: number): Promise<string | null>;
  /** Texts in the order asked; @throws ContractError FRAGMENT_MISSING, or FRAGMENT_CORRUPT when one is damaged. */
  texts(fragmentIds: readonly string[]): Promise<readonly string[]>;
}

/** Texts of this many fragments are about 1 MiB. */
const TEXTS_PER_CALL = 256;

export function storeLog(store: SubgraphClient, signal: AbortSignal): StoreLog {
  return {
    async knownSessions(first, after) {
      return (await store.call(KnownSessionsDocument, { first, after }, { signal })).knownSessions;
    },
    async entries(sessionId, from, first) {
      return (await store.call(LogEntriesDocument, { sessionId, from, first }, { signal })).logEntries;
    },
    async withdrawn(sessionId) {
      const { withdrawn } = await store.call(WithdrawnDocument, { sessionId }, { signal });
      return Withdrawn.decode(Buffer.from(withdrawn, 'base64'));
    },
    async digest(sessionId, through) {
      return (await store.call(LogDigestDocument, { sessionId, through }, { signal })).logDigests[0] ?? null;
    },
    async texts(fragmentIds) {
      const texts: string[] = [];
      for (let start = 0; start < fragmentIds.length; start += TEXTS_PER_CALL) {
        const ids = fragmentIds.slice(start, start + TEXTS_PER_CALL);
        const { fragments } = await store.call(FragmentTextsDocument, { ids }, { signal });
        for (const [index, fragment] of fragments.entries()) {
          if (fragment === null || fragment === undefined) {
            throw new ContractError('FRAGMENT_MISSING', 'the store lacks a fragment of the log', {
              fragmentId: ids[index] ?? null,
            });
          }
          texts.push(fragment.text);
        }
      }
      return texts;
    },
  };
}
