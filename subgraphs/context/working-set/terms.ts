/** Of two terms that tell the candidates apart as well, one with a digit, a name or a number, tells more within them. */
const WITH_DIGIT = 1.1;

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
    [...terms].map((term) => {
      const rarity = Math.log(1 + (candidates.length + 1) / ((having.get(term) ?? 0) + 0.5));
      return [term, /\p{N}/u.test(term) ? rarity * WITH_DIGIT : rarity];
    }),
  );
}
