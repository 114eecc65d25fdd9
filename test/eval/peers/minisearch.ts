import { benchPackage, type Ranking } from '../peer.ts';
import { queryWords } from '../query-words.ts';

/** The part of minisearch used here; written down because the package is installed for measuring only. */
type MiniSearchClass = new (options: {
  readonly fields: readonly string[];
}) => {
  addAll(documents: readonly { readonly id: number; readonly text: string }[]): void;
  search(query: string): readonly { readonly id: number }[];
};

/** minisearch as it comes: any of the words, BM25+. */
export function rank(texts: readonly string[]): Ranking {
  const MiniSearch = benchPackage('minisearch') as MiniSearchClass;
  const index = new MiniSearch({ fields: ['text'] });
  index.addAll(texts.map((text, id) => ({ id, text })));
  return (question) => index.search(queryWords(question).join(' ')).map(({ id }) => id);
}
