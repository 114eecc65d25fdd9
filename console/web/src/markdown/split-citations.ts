/** A part of an answer: text, or the number of a citation in it. */
export type AnswerPart =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'citation'; readonly number: number; readonly at: number };

/** [2], [1, 3], [1 and 2]. */
const BRACKET = /\[\s*\d{1,3}(?:\s*(?:,|;|&|and)\s*\d{1,3})*\s*\]/g;

/** Cuts an answer at the brackets all of whose numbers are among `numbers`; others, as in code, stay text. */
export function splitCitations(text: string, numbers: ReadonlySet<number>): readonly AnswerPart[] {
  const parts: AnswerPart[] = [];
  let from = 0;
  for (const { index, 0: bracket } of text.matchAll(BRACKET)) {
    const cited = [...bracket.matchAll(/\d+/g)].map((digits) => ({
      kind: 'citation' as const,
      number: Number(digits[0]),
      at: index + digits.index,
    }));
    if (cited.some(({ number }) => !numbers.has(number))) continue;
    if (index > from) parts.push({ kind: 'text', text: text.slice(from, index), at: from });
    parts.push(...cited);
    from = index + bracket.length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from), at: from });
  return parts;
}
