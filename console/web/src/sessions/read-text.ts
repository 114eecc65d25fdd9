import { safeCut } from '@supercontext/text/safe-cut.ts';

/** A file as it goes into a session. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
  readonly sizeBytes: number;
}

/** One append takes 8 MiB of text; a longer file is sent in parts. */
const PART_CHARACTERS = 1024 * 1024;

/** The text of a file's bytes, null when they are not text. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') || text.trim() === '' ? null : text;
  } catch {
    return null;
  }
}

/** A long text in parts that join to it, cut at ends of lines where there are any, and never through a word. */
export function* partsOf(text: string, partCharacters = PART_CHARACTERS): Generator<string, void, undefined> {
  for (let start = 0; start < text.length; ) {
    const limit = Math.min(text.length, start + partCharacters);
    const line = limit < text.length ? text.lastIndexOf('\n', limit - 1) + 1 : limit;
    const end = line > start ? line : safeCut(text, limit, start);
    yield text.slice(start, end);
    start = end;
  }
}
