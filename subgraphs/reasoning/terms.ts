/** Words that say nothing about what a text is about. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a about after all also an and any are as at be been but by can could did do does for from had has have how i if in into is ' +
    'it its me more most my no not of on one only or other our out she should so some such than that the their them then there ' +
    'these they this those to up us use used was we were what when where which while who whom why will with would you your'
  ).split(' '),
);

const WORD = /[\p{L}\p{N}_]+/gu;

/** The terms of a text in order, with repetitions: lower case, English plurals and verb endings cut, stop words left out. */
export function termsOf(text: string): readonly string[] {
  const terms: string[] = [];
  for (const [word] of text.toLowerCase().matchAll(WORD)) {
    if (!STOP_WORDS.has(word)) terms.push(stem(word));
  }
  return terms;
}

/** Light on purpose: it makes "chunks" and "chunk", "limited" and "limit" meet, and no two words of different meaning. */
function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  const cut = word.replace(/(?<=[^s])s$|(?<=[a-z]{3})(?:ed|ing)$/, '');
  return cut.length > 3 ? cut.replace(/e$/, '') : cut;
}

/** How much a term says: the rarer among `texts`, the more. Terms of no text weigh as those of one. */
export function termWeights(texts: readonly ReadonlySet<string>[]): (term: string) => number {
  const counts = new Map<string, number>();
  for (const terms of texts) for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return (term) => Math.log(1 + texts.length / (counts.get(term) ?? 1));
}
