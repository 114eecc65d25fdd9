/** A share of control characters above this, and it is no text. */
const MAXIMUM_CONTROLS = 0.01;

/**
 * Bytes as the text they are: UTF-8, or UTF-16 where a byte order mark says so, without that mark; else Latin-1 (as Windows
 * has it) where it reads like text. Null when it is none.
 */
export function decodeText(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decoded('utf-16le', bytes);
  if (first === 0xfe && second === 0xff) return decoded('utf-16be', bytes);
  // What has NULs in it is none in any of them.
  if (bytes.includes(0)) return null;
  return decoded('utf-8', bytes) ?? (isLikeText(bytes) ? decoded('windows-1252', bytes) : null);
}

function decoded(encoding: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function isLikeText(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) {
    const isWhite = byte === 9 || byte === 10 || byte === 12 || byte === 13;
    // 0x80 to 0x9f are letters and quotes to Windows, and rare in a text.
    if ((byte < 32 && !isWhite) || (byte >= 0x7f && byte < 0xa0)) controls++;
  }
  return controls <= bytes.length * MAXIMUM_CONTROLS;
}
