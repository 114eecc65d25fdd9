import type { SubgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import { MissingVectorsDocument, PutVectorsDocument, ReadableTextsDocument } from '../generated/store-calls.ts';
import type { LogEntry } from '../tree/plan-leaves.ts';

export type { KnownSession } from './store.ts';

/** A fragment's vectors on their way to the store. */
export interface NewVectors {
  readonly position: number;
  readonly fragmentId: string;
  /** Of its windows, one behind the other. */
  readonly vectors: Float32Array;
}

export interface MissingPage {
  readonly entries: readonly LogEntry[];
  /** The position after which there may be more; null when all of the log was looked at. */
  readonly next: number | null;
}

/** What this stage says to the store of vectors. Every method throws the store's error, SUBGRAPH_UNAVAILABLE or DEADLINE_EXCEEDED. */
export interface StoreVectors {
  /** Fragments without vectors of an embedder, in order, at most 512; `after` null for where all before has some. */
  missing(sessionId: string, embedder: string, after: number | null, first: number): Promise<MissingPage>;
  /** Texts in the order asked, null for one that is damaged or missing. At most 512. */
  texts(fragmentIds: readonly string[]): Promise<readonly (string | null)[]>;
  /** Keeps vectors of at most 512 fragments, as far as the log lists them so. Idempotent. */
  put(sessionId: string, embedder: string, entries: readonly NewVectors[]): Promise<void>;
}

export function storeVectors(store: SubgraphClient, signal: AbortSignal): StoreVectors {
  return {
    async missing(sessionId, embedder, after, first) {
      const asked = { sessionId, embedder, after, first };
      const { missingVectors } = await store.call(MissingVectorsDocument, asked, { signal });
      return { entries: missingVectors.entries, next: missingVectors.next ?? null };
    },
    async texts(ids) {
      const { fragmentTexts } = await store.call(ReadableTextsDocument, { ids: [...ids] }, { signal });
      return fragmentTexts.map(({ text }) => text ?? null);
    },
    async put(sessionId, embedder, entries) {
      const encoded = entries.map(({ position, fragmentId, vectors }) => ({
        position,
        fragmentId,
        vectors: encodeFloats(vectors),
      }));
      await store.call(PutVectorsDocument, { input: { sessionId, embedder, entries: encoded } }, { signal });
    },
  };
}

/** 32-bit floats, little end first, in base64. */
function encodeFloats(values: Float32Array): string {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes.toString('base64');
}
