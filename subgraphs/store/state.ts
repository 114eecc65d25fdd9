import type { FragmentStore } from './fragments/fragment-store.ts';
import type { RecentTexts } from './recent-texts.ts';
import type { NameFinder } from './search/names-together.ts';
import type { OpenIndexes } from './search/open-indexes.ts';
import type { Ranker } from './search/rank.ts';
import type { Meaning } from './search/vectors/search-by-meaning.ts';

/** What lives as long as the process. */
export interface StoreState {
  readonly fragments: FragmentStore;
  readonly indexes: OpenIndexes;
  readonly recentTexts: RecentTexts;
  readonly ranker: Ranker;
  readonly nameFinder: NameFinder;
  readonly meaning: Meaning;
  /** As it stands in its file; null when the operator keeps the key elsewhere. */
  readonly keptTenantKey: string | null;
  /** Another one for each process: what a caller learned of another may not hold any more. */
  readonly instance: string;
}
