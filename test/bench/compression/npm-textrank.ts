import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The part of ts-textrank that is used; written down because the package is installed for measuring only. */
interface TsTextrank {
  readonly Summarizer: {
    new (config: object, logger: object): { summarize(text: string, language: string): readonly string[] };
    readonly SORT_SCORE: unknown;
  };
  readonly AbsoluteSummarizerConfig: new (...options: unknown[]) => object;
  readonly SorensenDiceSimilarity: new () => object;
  readonly DefaultTextParser: new () => object;
  readonly NullLogger: new () => object;
}

const ALL_SENTENCES = 1_000_000;
const DAMPING = 0.85;
let loaded: TsTextrank | null = null;

/** TextRank as the package ts-textrank has it: its sentences, the best first, until `budgetCharacters` are full. */
export function npmTextrank(text: string, budgetCharacters: number): string {
  loaded ??= createRequire(join(import.meta.dirname, '../package.json'))('ts-textrank') as TsTextrank;
  const { Summarizer, AbsoluteSummarizerConfig, SorensenDiceSimilarity, DefaultTextParser, NullLogger } = loaded;
  const [similarity, parser] = [new SorensenDiceSimilarity(), new DefaultTextParser()];
  const config = new AbsoluteSummarizerConfig(ALL_SENTENCES, similarity, parser, DAMPING, Summarizer.SORT_SCORE);
  const kept: string[] = [];
  let characters = 0;
  for (const sentence of new Summarizer(config, new NullLogger()).summarize(text, 'en')) {
    if (characters + sentence.length > budgetCharacters) continue;
    kept.push(sentence);
    characters += sentence.length + 1;
  }
  return kept.join('\n');
}
