import type { ByteSource } from './byte-source.ts';
import { modelInvalid } from './model-invalid.ts';

const WINDOW_BYTES = 1 << 20;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads little-endian values one after another; every read is checked against the end of the file first. */
export class GgufCursor {
  readonly #source: ByteSource;
  #windowStart = 0;
  #window = new Uint8Array(0);
  #view = new DataView(this.#window.buffer);
  #offset = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get offsetBytes(): number {
    return this.#offset;
  }

  get remainingBytes(): number {
    return this.#source.sizeBytes - this.#offset;
  }

  /** Makes `lengthBytes` bytes available and returns where in the window they start. May replace window and view. */
  #take(lengthBytes: number, what: string): number {
    if (lengthBytes > this.remainingBytes) {
      throw modelInvalid(`it ends in the middle of ${what}`, {
        offsetBytes: this.#offset,
        sizeBytes: this.#source.sizeBytes,
      });
    }
    let start = this.#offset - this.#windowStart;
    if (start + lengthBytes > this.#window.byteLength) {
      const size = Math.min(Math.max(WINDOW_BYTES, lengthBytes), this.remainingBytes);
      this.#window = this.#source.read(this.#offset, size) as Uint8Array<ArrayBuffer>;
      this.#view = new DataView(this.#window.buffer, this.#window.byteOffset, this.#window.byteLength);
      this.#windowStart = this.#offset;
      start = 0;
    }
    this.#offset += lengthBytes;
    return start;
  }

  uint8(what: string): number {
    const at = this.#take(1, what);
    return this.#view.getUint8(at);
  }
  int8(what: string): number {
    const at = this.#take(1, what);
    return this.#view.getInt8(at);
  }
  uint16(what: string): number {
    const at = this.#take(2, what);
    return this.#view.getUint16(at, true);
  }
  int16(what: string): number {
    const at = this.#take(2, what);
    return this.#view.getInt16(at, true);
  }
  uint32(what: string): number {
    const at = this.#take(4, what);
    return this.#view.getUint32(at, true);
  }
  int32(what: string): number {
    const at = this.#take(4, what);
    return this.#view.getInt32(at, true);
  }
  float32(what: string): number {
    const at = this.#take(4, what);
    return this.#view.getFloat32(at, true);
  }
  float64(what: string): number {
    const at = this.#take(8, what);
    return this.#view.getFloat64(at, true);
  }

  /** An unsigned 64-bit number that fits a safe integer; a larger one is a fault of the file. */
  uint64(what: string): number {
    const at = this.#take(8, what);
    const value = this.#view.getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.#tooLarge(what);
    return Number(value);
  }

  int64(what: string): number {
    const at = this.#take(8, what);
    const value = this.#view.getBigInt64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) this.#tooLarge(what);
    return Number(value);
  }

  /** A count followed by as many bytes of UTF-8. */
  string(what: string, limitBytes: number): string {
    const lengthBytes = this.uint64(`the length of ${what}`);
    if (lengthBytes > limitBytes) {
      throw modelInvalid(`${what} claims ${lengthBytes} bytes, more than the ${limitBytes} allowed`, {
        offsetBytes: this.#offset - 8,
      });
    }
    const start = this.#take(lengthBytes, what);
    try {
      return utf8.decode(this.#window.subarray(start, start + lengthBytes));
    } catch {
      throw modelInvalid(`${what} is not UTF-8`, { offsetBytes: this.#offset - lengthBytes });
    }
  }

  #tooLarge(what: string): never {
    throw modelInvalid(`${what} is larger than any file can hold`, { offsetBytes: this.#offset - 8 });
  }
}
