import { documentHash } from '@supercontext/client';
import { decodeText } from '@supercontext/text/decode-text.ts';
import { textParts } from '@supercontext/text/text-parts.ts';

/** A file as it goes into a session, or a part of it. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
  readonly sizeBytes: number;
  /** Which part of which version of its document; null where a page that is not secure cannot tell: then it is added to it. */
  readonly version: { readonly part: number; readonly parts: number; readonly hash: string | null } | null;
}

/** What became of reading a file: its text, or why it has none to append. */
export type ReadText = { readonly text: string } | { readonly why: string };

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
  const text = decodeText(bytes);
  if (text === null) return { why: 'it is no text' };
  return text.trim() === '' ? { why: 'it is empty' } : { text };
}

const encoder = new TextEncoder();

/** A file as it is sent: one append takes 8 MiB of text, a longer one goes in parts. */
export async function partsOf(path: string, text: string, partCharacters?: number): Promise<TextFile[]> {
  const parts = [...textParts(text, partCharacters)];
  const isSecure = crypto.subtle !== undefined;
  const hash = parts.length > 1 && isSecure ? await documentHash(parts) : null;
  return parts.map((part, at) => ({
    path,
    text: part,
    sizeBytes: encoder.encode(part).byteLength,
    version: parts.length > 1 && hash === null ? null : { part: at, parts: parts.length, hash },
  }));
}
