// Run by search-peers.ts with the name of a searcher: indexes, asks, and tells its parent what that came to.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { fuseScores } from '@supercontext/store/search/fuse-scores.ts';
import { Ranker } from '@supercontext/store/search/rank.ts';
import { allSteps } from '@supercontext/store/search/seal.ts';
import { SessionIndex } from '@supercontext/store/search/session-index.ts';
import { Tokenizer } from '@supercontext/store/search/tokenize.ts';
import { LEAST_SIMILARITY } from '@supercontext/store/search/vectors/search-by-meaning.ts';
import { SignColumns } from '@supercontext/store/search/vectors/sign-columns.ts';
import { encodeVectors, StoredVectors } from '@supercontext/store/search/vectors/stored-vectors.ts';
import { fragments } from './ingest.ts';
import { benchEmbedder, sampledVectors } from './sampled-vectors.ts';

/** What one searcher came to. */
export interface PeerFigures {
  readonly indexSeconds: number;
  readonly memoryMegabytes: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Of each query. */
  readonly mediansMs: readonly number[];
  /** Queries that found something. */
  readonly hits: number;
}

type Search = (query: string) => number | Promise<number>;

/** Written before anything was measured with them: of one word to forty, and as people ask them. */
export const QUERIES = [
  'how is a plugin encapsulated',
  'what happens when the query plan is not in the cache',
  'how does a client reconnect after the socket was closed',
  'default timeout of a request in milliseconds',
  'parse a GraphQL document into an AST',
  'license',
  'stream backpressure',
  'event loop',
  'readFileSync encoding option',
  'types of the options object',
  'breaking changes in version 5',
  'is there a way to turn off the colors of the output',
  'why does the server not stop when it gets a signal',
  'which characters have to be escaped in a regular expression',
  'what is the difference between a query and a mutation in the schema',
  'how can I add a header to each of the requests that the server sends',
  'the function that is called with the error as the first of its arguments and the result as the second',
  'what do I have to do if the version of a package is not the one that the other package asks for in its peer dependencies',
  'we have a service that reads from the database and sends what it finds to the client as a stream and now and then the connection is closed before all of it is there how can we find out why and what should we do to try again',
  'if a value of the input is not valid the error should say where in the document it is and what was expected there and it should not be thrown before all of the other values are checked as well can this be set',
  'can you tell me how the cache of the parsed documents works and when an entry is removed from it and if it can be shared by two servers that run on the same machine',
  'I want to use this with TypeScript but it says that the module has no default export and that the types are not found',
  'fragment spread on interface type',
  'export default function import from module',
];
const ROUNDS = 30;
const FIRST = 10;
/** Of each kind, what is fused; windows nearest by their signs that are compared exactly. */
const FUSED = 200;
const RERANKED = 256;
/** What an index holds outside of what JavaScript knows of. */
let outsideBytes = 0;
const SEGMENT_DOCUMENTS = 8_192;
const benchPackage = createRequire(join(import.meta.dirname, '../package.json'));

function indexOf(texts: readonly string[]): SessionIndex {
  const index = new SessionIndex({ tokenizer: new Tokenizer(), segmentDocuments: SEGMENT_DOCUMENTS });
  for (const text of texts)
    index.add({ hash: '00', tokens: 0, position: 0 }, { name: '', text, isSpoken: false, isInstruction: false });
  index.freeze();
  while (index.isBehind) {
    allSteps(index.seal());
    if (index.sealedSegments > 0 && index.parts.length <= index.sealedSegments + 1) break;
  }
  return index;
}

/** The searcher of ours that fuses both. */
export const BY_MEANING = 'ours by words and meaning';

/** Each indexes the texts, in memory, and then says how many of the first 10 hits it has for a query. */
export const SEARCHERS: Readonly<Record<string, (texts: readonly string[]) => Search | Promise<Search>>> = {
  ours: (texts) => {
    const index = indexOf(texts);
    const ranker = new Ranker();
    return (query) => allSteps(ranker.rank(index.parts, query, FIRST)).hits.length;
  },
  /** The question is embedded each time, on a thread beside the search by words, as the store does with one that it does not know. */
  [BY_MEANING]: async (texts) => {
    const index = indexOf(texts);
    const ranker = new Ranker();
    const embedder = benchEmbedder();
    const { dimensions } = embedder;
    const columns = new SignColumns(dimensions);
    const stored = (await sampledVectors(embedder, texts)).map((vectors, position) => {
      const at = StoredVectors.open(encodeVectors(vectors, dimensions), dimensions) as StoredVectors;
      columns.add(position, at);
      return at;
    });
    return async (query) => {
      const embedded = embedder.embed([query]);
      const { hits: byWords, coverage } = allSteps(ranker.rank(index.parts, query, FUSED));
      const [vector = new Float32Array()] = await embedded;
      const byMeaning = allSteps(columns.nearest(vector, RERANKED))
        .map((position) => ({ position, similarity: (stored[position] as StoredVectors).nearest(vector) }))
        .filter(({ similarity }) => similarity >= LEAST_SIMILARITY)
        .sort((one, other) => other.similarity - one.similarity)
        .slice(0, FUSED);
      const fusing = { first: FIRST, leastSimilarity: LEAST_SIMILARITY, coverage, brevityOf: () => 0 };
      return fuseScores(byWords, byMeaning, fusing).length;
    };
  },
  fts5: (texts) => {
    const database = new DatabaseSync(':memory:');
    database.exec("CREATE VIRTUAL TABLE f USING fts5 (text, tokenize = 'porter'); BEGIN");
    const insert = database.prepare('INSERT INTO f (text) VALUES (?)');
    for (const text of texts) insert.run(text);
    database.exec('COMMIT');
    const select = database.prepare(`SELECT rowid FROM f WHERE f MATCH ? ORDER BY rank LIMIT ${FIRST}`);
    const pages = database.prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size');
    outsideBytes = Number(pages.get()?.bytes);
    return (query) => select.all(query.split(' ').join(' OR ')).length;
  },
  minisearch: (texts) => {
    const MiniSearch = benchPackage('minisearch') as new (
      options: object,
    ) => {
      addAll(documents: readonly object[]): void;
      search(query: string): readonly object[];
    };
    const index = new MiniSearch({ fields: ['text'] });
    index.addAll(texts.map((text, id) => ({ id, text })));
    return (query) => index.search(query).slice(0, FIRST).length;
  },
  flexsearch: (texts) => {
    const { Index } = benchPackage('flexsearch') as {
      readonly Index: new (
        options: object,
      ) => {
        add(id: number, text: string): void;
        search(query: string, options: object): readonly number[];
      };
    };
    const index = new Index({ tokenize: 'strict' });
    for (const [id, text] of texts.entries()) index.add(id, text);
    return (query) => index.search(query, { limit: FIRST, suggest: true }).length;
  },
  orama: async (texts) => {
    const { create, insertMultiple, search } = benchPackage('@orama/orama') as {
      create(options: object): object;
      insertMultiple(index: object, documents: readonly object[]): unknown;
      search(index: object, query: object): PromiseLike<{ readonly hits: readonly object[] }>;
    };
    const index = create({ schema: { text: 'string' }, components: { tokenizer: { stemming: true } } });
    await insertMultiple(
      index,
      texts.map((text) => ({ text })),
    );
    return async (query) => (await search(index, { term: query, limit: FIRST })).hits.length;
  },
};

/** Buffers that are collected count as external memory until the engine has come to them, which is between two of its turns. */
async function settledMemory(): Promise<NodeJS.MemoryUsage> {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc?.();
    await setTimeout(100);
  }
  return process.memoryUsage();
}

if (import.meta.main) {
  const texts = fragments();
  const make = SEARCHERS[process.argv[2] ?? ''];
  if (make === undefined) throw new Error('no such searcher');
  const before = await settledMemory();
  const start = performance.now();
  const search = await make(texts);
  const indexSeconds = (performance.now() - start) / 1_000;
  let hits = 0;
  for (const query of QUERIES) hits += Math.min(1, await search(query));
  const after = await settledMemory();
  const durationsMs: number[][] = QUERIES.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, query] of QUERIES.entries()) {
      const asked = performance.now();
      await search(query);
      durationsMs[at]?.push(performance.now() - asked);
    }
  }
  const allMs = durationsMs.flat();
  const inHeap = (usage: NodeJS.MemoryUsage) => usage.heapUsed + usage.external;
  const memoryMegabytes = (inHeap(after) - inHeap(before) + outsideBytes) / 1e6;
  const figures: PeerFigures = {
    ...{ indexSeconds, memoryMegabytes, hits },
    ...{ p50Ms: percentile(allMs, 0.5), p95Ms: percentile(allMs, 0.95) },
    mediansMs: durationsMs.map((ofOne) => percentile(ofOne, 0.5)),
  };
  // Threads of an embedder would wait for more.
  process.send?.(figures, undefined, {}, () => process.exit(0));
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? Number.NaN;
}
