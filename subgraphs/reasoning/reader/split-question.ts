/** Where a second question begins in a sentence. */
const SECOND_QUESTION =
  /^(.{12,}?)(?:,|;)?\s+(?:and|und|et|y|e|и)\s+((?:what|which|how|who|where|when|why|(?:on|in|at|by|since|from|to|for|of)\s(?:what|which)|was|wer|wie|wo|wann|warum|welche[rsnm]?|quel(?:le)?s?|combien|où|quand|qui|qué|cuál|cuánt[oa]s?|dónde|cuándo|quién)(?=\s).*)$/iu;
/** "What is A and B of C?" says what is asked of both. */
const TWO_THINGS = /^((?:what|which)\s(?:is|are|was|were)\s)(the\s.{2,80}?)\s+and\s+(the\s.{2,})$/iu;
const NAME =
  '[@\\p{L}\\p{N}](?:[\\p{L}\\p{N}_$@/:.-]*[\\p{L}\\p{N}_$])?(?:\\s(?:v?\\d[\\p{L}\\p{N}.-]*[\\p{L}\\p{N}]))?';
/** "Does A or B …", "Do A and B …", "Which of A and B …". */
const OF_BOTH = new RegExp(
  `^((?:does|do|did|is|are|was|were|has|have|which\\sof|who\\sof)\\s)(${NAME}),?\\s(?:and|or)\\s(${NAME})(\\s.+)$`,
  'iu',
);
/** "What do A and B …?" */
const IN_BOTH = new RegExp(
  `^(.{2,80}\\s(?:do|does|did|in|of|for|between)\\s)(${NAME})\\s(?:and|or)\\s(${NAME})(\\s.+|\\?)$`,
  'iu',
);
/** "…, A or B?" */
const EITHER = new RegExp(`^(.{6,}?)[,:]\\s(${NAME})\\s(?:or|oder|ou|o|или)\\s(${NAME})\\s*\\?*$`, 'iu');
/** "Was A before B?", "Is A larger than B?" */
const COMPARED = new RegExp(
  `^((?:is|was|were|are|does|do|did)\\s)(${NAME})(\\s.{2,60}?)\\s(before|after|than|earlier\\sthan|later\\sthan)\\s(${NAME})\\s*\\?*$`,
  'iu',
);
/** "… in A, and what in B?": the second part says only what is different. */
const SHORT_PART = /^(?:what|which|how|was|welche[rsnm]?)\s+(in|of|for|on|at|by|with|about)\s+(.{1,80}?)\s*\?*$/iu;
const PRONOUN = /\s(?:it|its|they|them|their|this|that|these|those|he|his|him|she|her)(?:\s|[?.,;]|$)/iu;
const MAXIMUM_SPLIT_LENGTH = 400;

/**
 * The questions that a question consists of, one or two: what is asked beside something else, and things that are compared, are looked
 * for one by one, each with all of its words. A long question is not taken apart.
 */
export function splitQuestion(question: string): readonly string[] {
  const asked = question.trim();
  if (asked.length > MAXIMUM_SPLIT_LENGTH) return [asked];
  return second(asked) ?? both(asked) ?? [asked];
}

function second(asked: string): readonly string[] | null {
  const [, one, other] = SECOND_QUESTION.exec(asked) ?? [];
  if (one === undefined || other === undefined) return null;
  const [, preposition, thing] = SHORT_PART.exec(other) ?? [];
  if (preposition === undefined || thing === undefined) {
    // What "it" is stands in the first.
    return [ended(one), PRONOUN.test(other) ? `${ended(one)} ${ended(other)}` : ended(other)];
  }
  const at = one.toLowerCase().lastIndexOf(` ${preposition.toLowerCase()} `);
  return at === -1
    ? [ended(one), ended(`${one} ${preposition} ${thing}`)]
    : [ended(one), ended(`${one.slice(0, at)} ${preposition} ${thing}`)];
}

function both(asked: string): readonly string[] | null {
  const things = TWO_THINGS.exec(asked);
  if (things !== null) {
    const [, start = '', one = '', other = ''] = things;
    // "the name and the age of Mia": what follows the second is said of both.
    const rest = /\s(?:of|in|for|at)\s.+$/iu.exec(other)?.[0] ?? '';
    const first = /\s(?:of|in|for|at)\s/iu.test(one) ? one : one + rest.replace(/\?+$/, '');
    return [ended(start + first), ended(start + other)];
  }
  const found = OF_BOTH.exec(asked) ?? IN_BOTH.exec(asked);
  if (found !== null) {
    const [, start = '', one = '', other = '', rest = ''] = found;
    return [ended(start + one + rest), ended(start + other + rest)];
  }
  const either = EITHER.exec(asked);
  if (either !== null) {
    const [, start = '', one = '', other = ''] = either;
    return [ended(`${start} ${one}`), ended(`${start} ${other}`)];
  }
  const [, start = '', one, between = '', comparison = '', other] = COMPARED.exec(asked) ?? [];
  if (one === undefined || other === undefined) return null;
  const when = comparison === 'than' ? start : `When ${start.toLowerCase()}`;
  return [ended(`${when}${one}${between}`), ended(`${when}${other}${between}`)];
}

function ended(part: string): string {
  return `${part.replace(/[\s?,;]+$/u, '')}?`;
}
