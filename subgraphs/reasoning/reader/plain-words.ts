/** HTML tags that stand in Markdown. Any other `<…>` may be what is meant: a type, a placeholder. */
const TAG =
  /<\/?(?:a|abbr|aside|b|blockquote|br|center|code|dd|del|details|div|dl|dt|em|h[1-6]|hr|i|img|ins|kbd|li|ol|p|picture|pre|q|s|samp|small|source|span|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|u|ul|var)(?:\s[^<>]{0,200})?\/?>/giu;
const COMMENT = /<!--[\s\S]{0,200}?-->/gu;
const IMAGE = /!\[([^\][]{0,300})\]\([^()\s]{0,1000}(?:\s[^()]{0,200})?\)/gu;
const LINK = /\[([^\][]{1,300})\](?:\([^()\s]{0,1000}(?:\s[^()]{0,200})?\)|\[[^\][]{0,200}\])/gu;
const STRONG = /\*\*(?=\S)([^*]{1,400})\*\*|(?<![\p{L}\p{N}_])__(?=\S)([^_]{1,400})__(?![\p{L}\p{N}_])/gu;

/**
 * What a stretch of Markdown or HTML says, as it is read aloud: without tags, targets of links and marks of emphasis, in one line.
 * Words, names and code stay as they are.
 */
export function plainWords(text: string): string {
  const untagged = text.includes('<') ? text.replace(COMMENT, ' ').replace(TAG, ' ') : text;
  const unlinked = untagged.includes('[') ? untagged.replace(IMAGE, '$1').replace(LINK, '$1') : untagged;
  const weak = unlinked.replace(STRONG, (_, stars?: string, lines?: string) => stars ?? lines ?? '');
  return weak.replaceAll(/\s+/g, ' ').trim();
}
