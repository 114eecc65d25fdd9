import { inSlices } from '@supercontext/runtime/process/in-slices.ts';
import { termSetOf } from '@supercontext/text/terms.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import type { FragmentText } from '../fragment-texts.ts';
import type { LogEntry } from '../log/session-log.ts';
import { excerpt } from './excerpt.ts';
import { JOIN_TOKENS } from './ledger.ts';
import type { Offer } from './offers.ts';
import { weighTerms } from './terms.ts';

/** What is shown of one log entry. */
export interface Shown extends FragmentText {
  readonly entry: LogEntry;
  /** All that the fragment says. */
  readonly wholeText: string;
  readonly tokens: number;
  readonly isExcerpt: boolean;
}

/** An offer with its texts. */
export interface Passage {
  readonly shown: readonly Shown[];
  readonly score: number;
  /** With what joins it to its neighbours. */
  readonly tokens: number;
}

export interface PassageRequest {
  readonly question: string;
  /** By hash; an entry whose text cannot be read is left out. */
  readonly texts: ReadonlyMap<string, FragmentText>;
  /** At most, of one fragment. */
  readonly passageTokens: (entry: LogEntry) => number;
  readonly signal?: AbortSignal | undefined;
}

/** The offers' texts, of long ones the passage that fits. In slices: hundreds of texts take longer than others can wait. */
export async function passagesOf(
  offers: readonly Offer[],
  { question, texts, passageTokens, signal }: PassageRequest,
): Promise<Passage[]> {
  const isLong = (entry: LogEntry) => entry.tokens > passageTokens(entry);
  const needsExcerpts = offers.some(({ entries }) => entries.length === 1 && entries.some(isLong));
  const weights = needsExcerpts ? await weightsOf(question, texts, signal) : NO_WEIGHTS;
  const passages = await inSlices(
    offers,
    ({ entries, score }) => {
      const whole = entries.flatMap((entry): Shown[] => {
        const read = texts.get(entry.hash);
        return read === undefined
          ? []
          : [{ entry, ...read, wholeText: read.text, tokens: entry.tokens, isExcerpt: false }];
      });
      const [only] = whole;
      if (entries.length > 1 || only === undefined || !isLong(only.entry)) return passageOf(whole, score);
      const text = excerpt(only, weights, passageTokens(only.entry));
      const shown = { ...only, text, tokens: countTokens(text), isExcerpt: true };
      return passageOf(text === '' ? [] : [shown], score);
    },
    signal,
  );
  return passages.filter(({ shown }) => shown.length > 0);
}

const NO_WEIGHTS: ReadonlyMap<string, number> = new Map();

async function weightsOf(
  question: string,
  texts: ReadonlyMap<string, FragmentText>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, number>> {
  const terms = await inSlices([...texts.values()], ({ text }) => termSetOf(text), signal);
  return weighTerms(termSetOf(question), terms);
}

/** What it costs is counted. */
export function passageOf(shown: readonly Shown[], score: number): Passage {
  return { shown, score, tokens: shown.reduce((sum, { tokens }) => sum + tokens + JOIN_TOKENS, 0) };
}
