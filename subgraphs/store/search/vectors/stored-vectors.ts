import { endianness } from 'node:os';

/** Of how a fragment's vectors lie at rest: those of another version are made again. */
const VERSION = 1;
const HEADER_BYTES = 4;
const SCALE_BYTES = 4;
const LARGEST = 127;

/**
 * A fragment's vectors at rest:
 *
 *   version (1 byte), windows (1), dimensions (2, little end first) | of each window its scale (a float) | signed bytes
 *
 * A byte times the scale of its window is the component: close enough to rank a few hundred by.
 */
export function encodeVectors(vectors: Float32Array, dimensions: number): Uint8Array {
  const windows = vectors.length / dimensions;
  const bytes = new Uint8Array(HEADER_BYTES + windows * (SCALE_BYTES + dimensions));
  const view = new DataView(bytes.buffer);
  bytes[0] = VERSION;
  bytes[1] = windows;
  view.setUint16(2, dimensions, true);
  const values = new Int8Array(bytes.buffer, HEADER_BYTES + windows * SCALE_BYTES);
  for (let window = 0; window < windows; window++) {
    const vector = vectors.subarray(window * dimensions, (window + 1) * dimensions);
    let largest = Number.MIN_VALUE;
    for (const value of vector) largest = Math.max(largest, Math.abs(value));
    view.setFloat32(HEADER_BYTES + window * SCALE_BYTES, largest / LARGEST, true);
    for (let at = 0; at < dimensions; at++) {
      values[window * dimensions + at] = Math.round(((vector[at] as number) / largest) * LARGEST);
    }
  }
  return bytes;
}

/** Vectors as they lie; what is asked of them is computed where they stand. */
export class StoredVectors {
  readonly windows: number;
  readonly #dimensions: number;
  readonly #scales: DataView;
  readonly #values: Int8Array;

  private constructor(bytes: Uint8Array, windows: number, dimensions: number) {
    this.windows = windows;
    this.#dimensions = dimensions;
    this.#scales = new DataView(bytes.buffer, bytes.byteOffset + HEADER_BYTES, windows * SCALE_BYTES);
    this.#values = new Int8Array(
      bytes.buffer,
      bytes.byteOffset + HEADER_BYTES + windows * SCALE_BYTES,
      windows * dimensions,
    );
  }

  /** Null for bytes of another version, of other dimensions, or of another length than they say. */
  static open(bytes: Uint8Array, dimensions: number): StoredVectors | null {
    if (bytes.byteLength < HEADER_BYTES || bytes[0] !== VERSION) return null;
    const windows = bytes[1] as number;
    const said = (bytes[2] as number) + 256 * (bytes[3] as number);
    const length = HEADER_BYTES + windows * (SCALE_BYTES + dimensions);
    return windows > 0 && said === dimensions && bytes.byteLength === length
      ? new StoredVectors(bytes, windows, dimensions)
      : null;
  }

  /** The cosine of the window that is nearest to `vector`. */
  nearest(vector: Float32Array): number {
    let best = -1;
    for (let window = 0; window < this.windows; window++) {
      const from = window * this.#dimensions;
      let total = 0;
      for (let at = 0; at < this.#dimensions; at++)
        total += (this.#values[from + at] as number) * (vector[at] as number);
      best = Math.max(best, total * this.#scales.getFloat32(window * SCALE_BYTES, true));
    }
    return Math.min(1, best);
  }

  /** The signs of a window's components, a bit each, into `words` from place `to` on. */
  writeSigns(window: number, words: Uint32Array, to: number): void {
    writeSigns(this.#values, window * this.#dimensions, { dimensions: this.#dimensions, words, to });
  }
}

/** The signs of so many components from place `from` on, a bit each, 32 a word. */
export function writeSigns(
  values: Int8Array | Float32Array,
  from: number,
  { dimensions, words, to }: { readonly dimensions: number; readonly words: Uint32Array; readonly to: number },
): void {
  for (let word = 0; word < dimensions / 32; word++) {
    let bits = 0;
    for (let bit = 0; bit < 32; bit++) {
      if ((values[from + word * 32 + bit] as number) > 0) bits |= 1 << bit;
    }
    words[to + word] = bits >>> 0;
  }
}

/** Vectors as they come from another stage: floats, little end first, in base64. */
export function decodeFloats(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  if (endianness() === 'LE') return new Float32Array(bytes.buffer, 0, Math.floor(bytes.byteLength / 4));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, at) => view.getFloat32(at * 4, true));
}
