/** Text from files and models, without the control characters by which it could take over a terminal. */
export function plainText(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '');
}

/** Text on one line, cut to a length. */
export function excerpt(text: string, maximumCharacters: number): string {
  const line = plainText(text).replaceAll(/\s+/g, ' ').trim();
  return line.length <= maximumCharacters ? line : `${line.slice(0, maximumCharacters - 1)}…`;
}
