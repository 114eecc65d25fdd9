const MARKUP = /<\/?[a-z!][^<>]*>|https?:\/\/[^\s)>\]]+/gi;

/** `text` without tags and addresses: they are full of words that nobody said. For weighing only; what is kept keeps them. */
export function withoutMarkup(text: string): string {
  return text.includes('<') || text.includes('://') ? text.replace(MARKUP, ' ') : text;
}
