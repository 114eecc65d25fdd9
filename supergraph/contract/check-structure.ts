/** Deeper than any message: a working set's segments stand at 4. */
const MAXIMUM_DEPTH = 8;

/**
 * Whether lists in `payload` are nested no deeper than a message and announce no more elements than there are bytes left
 * to hold them, and nothing in it is binary. Reads heads only. Needed because the MessagePack decoder makes room for a list when it meets its head: ten
 * kilobytes of heads would take all memory. What is not MessagePack at all is left for the decoder to refuse.
 */
export function isBounded(payload: Uint8Array): boolean {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const open: number[] = [];
  let announced = 1;
  let at = 0;
  while (announced > 0 && at < payload.length) {
    if (isBinary(view.getUint8(at))) return false;
    const elements = elementsOf(view, at);
    at += sizeOf(view, at);
    announced -= 1;
    while (open.at(-1) === 0) open.pop();
    const left = open.pop();
    if (left !== undefined) open.push(left - 1);
    if (elements === 0) continue;
    announced += elements;
    if (open.push(elements) > MAXIMUM_DEPTH || announced > payload.length - at) return false;
  }
  return true;
}

/** Binary comes out of the decoder as text does; no message has any. */
function isBinary(head: number): boolean {
  return head >= 0xc4 && head <= 0xc6;
}

/** Elements of the list whose head is at `at`; 0 for anything else. */
function elementsOf(view: DataView, at: number): number {
  const head = view.getUint8(at);
  if (head >= 0x90 && head <= 0x9f) return head & 0x0f;
  const left = view.byteLength - at;
  if (head === 0xdc && left > 2) return view.getUint16(at + 1);
  return head === 0xdd && left > 4 ? view.getUint32(at + 1) : 0;
}

/** Bytes of the scalar, or of the head of the list, at `at`. */
function sizeOf(view: DataView, at: number): number {
  const head = view.getUint8(at);
  if (head >= 0xa0 && head <= 0xbf) return 1 + (head & 0x1f);
  const left = view.byteLength - at;
  if (head === 0xd9 && left > 1) return 2 + view.getUint8(at + 1);
  if (head === 0xda && left > 2) return 3 + view.getUint16(at + 1);
  if (head === 0xdb && left > 4) return 5 + view.getUint32(at + 1);
  return SIZES.get(head) ?? 1;
}

/** Heads followed by a fixed number of bytes: floats, integers, long lists. */
const SIZES: ReadonlyMap<number, number> = new Map([
  [0xca, 5],
  [0xcb, 9],
  [0xcc, 2],
  [0xcd, 3],
  [0xce, 5],
  [0xcf, 9],
  [0xd0, 2],
  [0xd1, 3],
  [0xd2, 5],
  [0xd3, 9],
  [0xdc, 3],
  [0xdd, 5],
]);
