import { safeCut } from '@supercontext/text/safe-cut.ts';

/** A file as it goes into a session, or a part of it. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
  readonly sizeBytes: number;
}

/** What became of reading a file: its text, or why it has none to append. */
export type ReadText = { readonly text: string } | { readonly why: string };

/** One append takes 8 MiB of text; a longer file is sent in parts. */
const PART_CHARACTERS = 1024 * 1024;
const MAXIMUM_BYTES = 64 * 1024 * 1024;
const LONGEST_PATH = 1_024;

/** Reads a file that somebody chose. Never throws: what cannot be read is left out. */
export async function readFile(path: string, file: File): Promise<ReadText> {
  if (path.length > LONGEST_PATH) return { why: `its path has more than ${LONGEST_PATH} characters` };
  if (file.size > MAXIMUM_BYTES) return { why: `it is larger than ${MAXIMUM_BYTES / 1_048_576} MiB` };
  try {
    return textOf(new Uint8Array(await file.arrayBuffer()));
  } catch (error) {
    return { why: `it could not be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The text of a file's bytes, or why there is none. */
export function textOf(bytes: Uint8Array): ReadText {
  if (bytes.length === 0) return { why: 'it is empty' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\0')) return { why: 'it is no text' };
    return text.trim() === '' ? { why: 'it is empty' } : { text };
  } catch {
    return { why: 'it is no text in UTF-8' };
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
