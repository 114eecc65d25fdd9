import { benchPackage, type Ranking } from '../peer.ts';
import { queryWords } from '../query-words.ts';

const MAXIMUM_HITS = 400;

/** The part of Orama used here; written down because the package is installed for measuring only. */
interface Module {
  create(options: {
    readonly schema: { readonly text: 'string' };
    readonly components: { readonly tokenizer: { readonly stemming: boolean } };
  }): object;
  insertMultiple(index: object, documents: readonly { readonly id: string; readonly text: string }[]): unknown;
  search(
    index: object,
    query: { readonly term: string; readonly limit: number },
  ): PromiseLike<{ readonly hits: readonly { readonly id: string }[] }>;
}

/** Orama's full-text search with its English stemming: any of the words, BM25. */
export async function rank(texts: readonly string[]): Promise<Ranking> {
  const { create, insertMultiple, search } = benchPackage('@orama/orama') as Module;
  const index = create({ schema: { text: 'string' }, components: { tokenizer: { stemming: true } } });
  await insertMultiple(
    index,
    texts.map((text, at) => ({ id: String(at), text })),
  );
  return async (question) => {
    const { hits } = await search(index, { term: queryWords(question).join(' '), limit: MAXIMUM_HITS });
    return hits.map(({ id }) => Number(id));
  };
}
