/** Words that say nothing of what a text is about. English; for other languages rarity has to do. */
export const STOP_WORDS: readonly string[] = (
  'a about after all also am an and any are as at be been but by can could did do does for from had has have how i if in into ' +
  'is it its just me more most my no not of on one only or other our out say says she should so some such tell than that the ' +
  'their them then there these they this those to up us use used uses using was we were what when where which while who whom ' +
  'whose why will with would you your'
).split(' ');

const LOWER: ReadonlySet<string> = new Set(STOP_WORDS);

export function isStopWord(word: string): boolean {
  return LOWER.has(word.toLowerCase());
}
