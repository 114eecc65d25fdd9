/**
 * Byte-level BPE writes each byte as one printable character: printable Latin-1 as itself, the other 68 bytes as the
 * characters from U+0100 on, in order.
 */
const CHARACTERS: string[] = [];
const BYTES = new Map<string, number>();
let next = 256;
for (let byte = 0; byte < 256; byte++) {
  const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  const character = String.fromCharCode(printable ? byte : next++);
  CHARACTERS.push(character);
  BYTES.set(character, byte);
}

/** The character that stands for each byte. */
export const BYTE_CHARACTERS: readonly string[] = CHARACTERS;

/** The bytes a token stands for; a token with other characters stands for its own UTF-8. */
export function bytesOfToken(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let index = 0; index < token.length; index++) {
    const byte = BYTES.get(token[index] ?? '');
    if (byte === undefined) return Buffer.from(token, 'utf8');
    bytes[index] = byte;
  }
  return bytes;
}
