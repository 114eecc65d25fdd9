import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BoundedMap } from '@supercontext/runtime/bounded-map.ts';

/** What Apollo Server asks of its cache of persisted queries. */
const APOLLO_PREFIX = 'apq:';

/** Documents beyond this are served but not remembered. */
const LONGEST_REMEMBERED = 100_000;

/**
 * Documents known by their SHA-256, so that a turn sends a hash and variables only: those of a manifest for good, and those
 * clients register with their first request as long as there is room. Serves HTTP (through Apollo Server) and WebSocket alike.
 */
export class PersistedDocuments {
  readonly #manifest: ReadonlyMap<string, string>;
  readonly #registered: BoundedMap<string>;

  constructor(manifest: Readonly<Record<string, string>> = {}, capacity: number = 1_000) {
    this.#manifest = new Map(Object.entries(manifest));
    this.#registered = new BoundedMap(capacity, Number.POSITIVE_INFINITY);
  }

  find(sha256Hash: string): string | undefined {
    return this.#manifest.get(sha256Hash) ?? this.#registered.get(sha256Hash);
  }

  register(sha256Hash: string, document: string): void {
    if (document.length <= LONGEST_REMEMBERED && !this.#manifest.has(sha256Hash))
      this.#registered.set(sha256Hash, document);
  }

  /**
   * The document a request means: its own, or the one its extensions name by hash. A request with both registers it.
   * Undefined when the hash is not known, or is not that of the document.
   */
  resolve(query: string, extensions: Readonly<Record<string, unknown>> | null | undefined): string | undefined {
    const hash = hashOf(extensions);
    if (hash === undefined) return query;
    const known = this.find(hash);
    if (query === '') return known;
    if (query === known) return query;
    if (createHash('sha256').update(query).digest('hex') !== hash) return undefined;
    this.register(hash, query);
    return query;
  }

  async get(key: string): Promise<string | undefined> {
    return this.find(key.slice(APOLLO_PREFIX.length));
  }

  async set(key: string, document: string): Promise<void> {
    this.register(key.slice(APOLLO_PREFIX.length), document);
  }

  async delete(key: string): Promise<boolean> {
    return this.#registered.delete(key.slice(APOLLO_PREFIX.length));
  }
}

function hashOf(extensions: Readonly<Record<string, unknown>> | null | undefined): string | undefined {
  const persisted = extensions?.persistedQuery;
  if (typeof persisted !== 'object' || persisted === null || !('sha256Hash' in persisted)) return undefined;
  return typeof persisted.sha256Hash === 'string' ? persisted.sha256Hash : undefined;
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
