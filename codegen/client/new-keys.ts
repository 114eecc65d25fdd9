/** Random bytes as hexadecimal digits. */
function randomHex(sizeBytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(sizeBytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

/** A key under which a write has its effect once, however often it is sent. 80 bits: short, for it goes up with every turn. */
export function newIdempotencyKey(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(10))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** A W3C traceparent of a new, sampled trace; its second part is the trace's id. */
export function newTraceparent(): string {
  return `00-${randomHex(16)}-${randomHex(8)}-01`;
}
