/** Slots of a Redis Cluster. */
export const SLOTS = 16_384;

/** CRC-16/XMODEM of each byte, as the Redis Cluster specification names it. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 8;
  for (let bit = 0; bit < 8; bit++) rest = (rest & 0x8000) === 0 ? rest << 1 : (rest << 1) ^ 0x1021;
  return rest & 0xffff;
});

const OPEN = 0x7b;
const CLOSE = 0x7d;

/** The slot of a key: of what stands between its first braces, if anything does, else of all of it (Redis Cluster specification). */
export function keySlot(key: string): number {
  const bytes = Buffer.from(key, 'utf8');
  const open = bytes.indexOf(OPEN);
  const close = open === -1 ? -1 : bytes.indexOf(CLOSE, open + 1);
  const hashed = close > open + 1 ? bytes.subarray(open + 1, close) : bytes;
  let crc = 0;
  for (const byte of hashed) crc = ((crc << 8) & 0xffff) ^ (TABLE[(crc >> 8) ^ byte] as number);
  return crc % SLOTS;
}

let tags: string[] | null = null;

/** A short text that has this slot: the least number, in decimal digits. */
export function tagOfSlot(slot: number): string {
  if (tags === null) {
    tags = new Array<string>(SLOTS);
    for (let number = 0, found = 0; found < SLOTS; number++) {
      const tag = String(number);
      const itsSlot = keySlot(tag);
      if (tags[itsSlot] !== undefined) continue;
      tags[itsSlot] = tag;
      found++;
    }
  }
  return tags[slot] as string;
}
