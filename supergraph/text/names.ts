/** Of one text: names are looked up, and a pasted document has thousands. */
export const MAXIMUM_NAMES = 16;

/** What stands in backticks, flags with their hyphens, and runs of letters, digits and the signs that join identifiers. */
const CANDIDATE =
  /`([^`\n]{1,80})`|(?<![\p{L}\p{N}_@/.-])(--?\p{L}[\p{L}\p{N}-]*|[@\p{L}\p{N}_$](?:[\p{L}\p{N}_$@/.:-]*[\p{L}\p{N}_$])?)/gu;
const SIGNS = /\p{Ll}\p{Lu}|\p{L}\p{N}|\p{N}\p{L}|[\p{L}\p{N}][._/:-]+[\p{L}\p{N}]|_|^@|^-/u;
const OF_NODE = /(?<=\p{L}{2})\.js$/iu;
/** The third, and ten in the morning: no names. */
const COUNTED = /^\p{N}+(?:st|nd|rd|th|am|pm|s)$/iu;

/**
 * The names in a text that nobody says in other words: identifiers, versions, flags, dates in digits, what stands in backticks. Each
 * once, in order, the first 16. Node.js is Node. Linear in its length.
 */
export function namesIn(text: string): string[] {
  const names = new Set<string>();
  for (const [, ticked, plain] of text.matchAll(CANDIDATE)) {
    const name = withoutJs((ticked ?? plain ?? '').trim());
    if (name === '' || (ticked === undefined && (!hasSignsOfName(name) || COUNTED.test(name)))) continue;
    names.add(name);
    if (names.size === MAXIMUM_NAMES) break;
  }
  return [...names];
}

/** Whether a word is told from others by signs, digits or capitals within it: `keepAlive`, `v2`, `a.b`, `--flag`, `@scope`. */
export function hasSignsOfName(word: string): boolean {
  return SIGNS.test(word);
}

/** Node.js is Node. */
export function withoutJs(name: string): string {
  return name.replace(OF_NODE, '');
}
