import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { OperationRequest } from './operation-request.ts';
import { badRequest, RequestRefused } from './request-refused.ts';

const SHA256_PREFIX = 'sha256:';
/** Documents beyond this are served but not remembered. */
const LONGEST_REMEMBERED = 100_000;

/**
 * Documents known by their SHA-256, so that a turn sends a hash and variables only: those of a manifest for good, and those
 * clients register with their first request as long as there is room. A manifest may know them by other ids, too: a file of
 * relay-compiler's is one, by MD5. Serves HTTP and WebSocket alike.
 */
export class PersistedDocuments {
  readonly #manifest: ReadonlyMap<string, string>;
  readonly #registered: LRUCache<string, string>;

  constructor(manifest: Readonly<Record<string, string>> = {}, capacity: number = 1_000) {
    this.#manifest = new Map(Object.entries(manifest));
    this.#registered = new LRUCache({ max: capacity });
  }

  /** The documents that are known for good. */
  manifest(): Iterable<string> {
    return this.#manifest.values();
  }

  find(sha256Hash: string): string | undefined {
    return this.#manifest.get(sha256Hash) ?? this.#registered.get(sha256Hash);
  }

  register(sha256Hash: string, document: string): void {
    if (document.length <= LONGEST_REMEMBERED && !this.#manifest.has(sha256Hash))
      this.#registered.set(sha256Hash, document);
  }

  /**
   * The document a request means: its own, or the one it names by `documentId` or by Apollo's hash. A request that has both
   * registers it under its hash.
   * @throws RequestRefused when what it names is not known (then clients send the whole document), is not that of the document,
   *   or is none.
   */
  resolve({ query, documentId, extensions }: Pick<OperationRequest, 'query' | 'documentId' | 'extensions'>): string {
    const hash = hashOf(extensions);
    const id = hash ?? keyOf(documentId);
    if (id === undefined) return query;
    if (documentId !== undefined && keyOf(documentId) !== id)
      throw badRequest('documentId and hash name two documents');
    const known = this.find(id);
    if (query === '') {
      if (known === undefined) throw unknown(hash === undefined ? 400 : 200);
      return known;
    }
    if (query === known) return query;
    if (createHash('sha256').update(query).digest('hex') !== id)
      throw badRequest('The hash or id is not that of the query');
    this.register(id, query);
    return query;
  }
}

/** 200 for a hash that is merely not known yet, as Apollo's clients expect it. */
function unknown(status: 200 | 400): RequestRefused {
  const error = new GraphQLError('PersistedQueryNotFound', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });
  return new RequestRefused([error], status);
}

/** What a `documentId` is known by: a SHA-256, which may say so itself as GraphQL over HTTP has it, or whatever the manifest calls it. */
function keyOf(documentId: string | undefined): string | undefined {
  return documentId?.startsWith(SHA256_PREFIX) ? documentId.slice(SHA256_PREFIX.length) : documentId;
}

function hashOf(extensions: Readonly<Record<string, unknown>>): string | undefined {
  const persisted = extensions.persistedQuery;
  if (persisted === undefined || persisted === null) return undefined;
  if (typeof persisted !== 'object') throw badRequest('extensions.persistedQuery has to be an object');
  const { version = 1, sha256Hash } = persisted as Record<string, unknown>;
  if (version !== 1) throw badRequest('extensions.persistedQuery: only version 1 is known');
  if (typeof sha256Hash !== 'string') throw badRequest('extensions.persistedQuery.sha256Hash has to be a string');
  return sha256Hash;
}

/** Reads a manifest `{hash: document}`; one that is not there counts as empty. @throws when it is there and is none. */
export async function readManifest(path: string): Promise<Record<string, string>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const manifest: unknown = JSON.parse(text);
  if (
    typeof manifest !== 'object' ||
    manifest === null ||
    Object.values(manifest).some((document) => typeof document !== 'string')
  ) {
    throw new Error(`${path} is no manifest of persisted documents`);
  }
  return manifest as Record<string, string>;
}
