const encoder = new TextEncoder();

/**
 * What the platform calls the hash of a document that is sent in these parts: SHA-256 of its text, or of its parts' hashes' bytes, one
 * after the other; in hex. In a browser only where a page is secure, as on loopback and behind TLS.
 * @throws TypeError elsewhere
 */
export async function documentHash(parts: readonly string[]): Promise<string> {
  const hashes = await Promise.all(parts.map((part) => sha256(encoder.encode(part))));
  const [first] = hashes;
  const whole = first !== undefined && hashes.length === 1 ? first : await sha256(joined(hashes));
  return Array.from(whole, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

function joined(hashes: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hashes.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const hash of hashes) {
    bytes.set(hash, at);
    at += hash.length;
  }
  return bytes;
}
