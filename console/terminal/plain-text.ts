/** Text from files and models, without the control characters by which it could take over a terminal. */
export function plainText(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '');
}

/** Text on one line: what is typed again, as an id is, must be whole. */
export function oneLine(text: string): string {
  return plainText(text).replaceAll(/\s+/g, ' ').trim();
}

/** Text on one line, cut to a length: for what is only read. */
export function excerpt(text: string, maximumCharacters: number): string {
  const line = oneLine(text);
  return line.length <= maximumCharacters ? line : `${line.slice(0, maximumCharacters - 1)}…`;
}
