import { wordsOf } from './shown.ts';

/** Of no use to a search that asks for any of the words. The same for every peer. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the is are was were be been do does did of in on at to for with and or not i me my you your it its this that ' +
    'these those what which who whom when where why how'
  ).split(' '),
);

/** What a peer is asked: the words of a question but those that every text has. */
export function queryWords(question: string): string[] {
  return wordsOf(question).filter((word) => !STOP_WORDS.has(word));
}
