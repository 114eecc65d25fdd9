/** Words that a question is made of whatever it asks about. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about all also an and any are as at be been but by can could did do does for from had has have how i if in into is it
  its just me my no not of on or our out say says should so some such tell than that the their them then there these they
  this those to up use used uses using was we were what when where which while who why will with would you your`.split(
    /\s+/,
  ),
);

const WORD = /[\p{L}\p{N}_]+/gu;
const PARTS = /\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{N}+|\p{Lo}+/gu;

/** Cuts the endings off that a word changes with its grammar; light, since a wrong match costs more than a missed one. */
function stem(word: string): string {
  if (word.length > 5 && word.endsWith('ing')) return word.slice(0, -3);
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && word.endsWith('ed')) return word.slice(0, -2);
  if (word.length > 4 && /(?:ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return word.slice(0, -1);
  return word;
}

/** What `text` is about: its words in their stems, identifiers also in their parts, without those every text has. */
export function termsOf(text: string): Set<string> {
  const terms = new Set<string>();
  for (const [word] of text.matchAll(WORD)) {
    addTerm(terms, word);
    if (!/\p{Ll}\p{Lu}|_|\p{L}\p{N}/u.test(word)) continue;
    for (const [part] of word.matchAll(PARTS)) addTerm(terms, part);
  }
  return terms;
}

function addTerm(terms: Set<string>, word: string): void {
  const lower = word.toLowerCase();
  if (STOP_WORDS.has(lower) || (lower.length < 2 && lower < '\u2e80')) return;
  const stemmed = stem(lower);
  // `handle`, `handled` and `handles` meet without their e.
  terms.add(stemmed.length > 4 && stemmed.endsWith('e') ? stemmed.slice(0, -1) : stemmed);
}

/** The question's terms, each with how much it tells the candidates apart, by their terms: what all of them have tells nothing. */
export function weighTerms(
  terms: ReadonlySet<string>,
  candidates: readonly ReadonlySet<string>[],
): Map<string, number> {
  const having = new Map<string, number>();
  for (const candidate of candidates) {
    for (const term of candidate) if (terms.has(term)) having.set(term, (having.get(term) ?? 0) + 1);
  }
  return new Map(
    [...terms].map((term) => [term, Math.log(1 + (candidates.length + 1) / ((having.get(term) ?? 0) + 0.5))]),
  );
}
