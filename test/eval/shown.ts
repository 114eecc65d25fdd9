/** Words in a row that are taken for a quotation, and not for words that two texts happen to share. */
const RUN_WORDS = 8;
/** Share of the words of a gold text that make it shown. */
export const SHOWN_SHARE = 0.7;
/** Share that makes it shown whole: all, but for rounding. */
export const WHOLE_SHARE = 0.999;

/** Words of a text in lower case: letters and digits, whatever stands between them. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** A text as `shownShare` looks through it: its words with one space around each. */
export function wordLine(text: string): string {
  return ` ${wordsOf(text).join(' ')} `;
}

/**
 * Share of the words of `gold` (0-1) that stand in one of `lines`, in runs of at least 8 words; of a shorter text all in a
 * row. A run never goes over the end of a text. 0 for a gold text without words.
 *
 * @param lines texts as `wordLine` writes them
 */
export function shownShare(gold: string, lines: readonly string[]): number {
  const words = wordsOf(gold);
  if (words.length === 0) return 0;
  const run = Math.min(RUN_WORDS, words.length);
  let covered = 0;
  let coveredThrough = 0;
  for (let from = 0; from + run <= words.length; from++) {
    const wanted = ` ${words.slice(from, from + run).join(' ')} `;
    if (!lines.some((line) => line.includes(wanted))) continue;
    covered += from + run - Math.max(from, coveredThrough);
    coveredThrough = from + run;
  }
  return covered / words.length;
}
