/** HTML tags that stand in Markdown. Any other `<…>` may be what is meant: a type, a placeholder. */
const TAG =
  /<\/?(?:a|abbr|aside|b|big|blockquote|br|center|cite|code|dd|del|details|dfn|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|picture|pre|q|s|samp|small|source|span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var)(?:\s[^<>]{0,200})?\/?>/giu;
const COMMENT = /<!--[\s\S]{0,200}?-->/gu;
const IMAGE = /!\[([^\][]{0,300})\]\([^()\s]{0,1000}(?:\s[^()]{0,200})?\)/gu;
const LINK = /\[([^\][]{1,300})\](?:\([^()\s]{0,1000}(?:\s[^()]{0,200})?\)|\[[^\][]{0,200}\])/gu;
const STRONG = /\*\*(?=\S)([^*]{1,400})\*\*|(?<![\p{L}\p{N}_])__(?=\S)([^_]{1,400})__(?![\p{L}\p{N}_])/gu;
/** A hyphen that only divides a word at the end of a line; "read‐ and writable" has another. */
const HYPHENATION = /(?<=\p{L})[\u2010\u00ad]\s+(?!(?:and|or|und|oder|bzw|et|ou|y|o)\s)(?=\p{Ll})/gu;

/** A text in one line with the words in one piece that were divided at the ends of its lines. */
export function withoutHyphenation(line: string): string {
  return line.includes('\u2010') || line.includes('\u00ad') ? line.replace(HYPHENATION, '') : line;
}

/**
 * What a stretch of Markdown or HTML says, as it is read aloud: without tags, targets of links and marks of emphasis, in one line.
 * Words, names and code stay as they are.
 */
export function plainWords(text: string): string {
  const untagged = text.includes('<') ? text.replace(COMMENT, ' ').replace(TAG, ' ') : text;
  const unlinked = untagged.includes('[') ? untagged.replace(IMAGE, '$1').replace(LINK, '$1') : untagged;
  const weak = unlinked.replace(STRONG, (_, stars?: string, lines?: string) => stars ?? lines ?? '');
  return withoutHyphenation(weak.replaceAll(/\s+/g, ' ').trim());
}
