/** A file as it goes into a session. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
  readonly sizeBytes: number;
}

/** One append takes 8 MiB of text; a longer file is sent in pieces. */
const PIECE_CHARACTERS = 1024 * 1024;

/** The text of a file's bytes, null when they are not text. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') || text.trim() === '' ? null : text;
  } catch {
    return null;
  }
}

/** A long text in pieces that join to it, cut at ends of lines where there are any, and never through a character. */
export function* piecesOf(text: string, pieceCharacters = PIECE_CHARACTERS): Generator<string, void, undefined> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + pieceCharacters);
    if (end < text.length) {
      const line = text.lastIndexOf('\n', end - 1) + 1;
      if (line > start) end = line;
      else if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1)) && end - 1 > start) end -= 1;
    }
    yield text.slice(start, end);
    start = end;
  }
}
