/** Memory at first, and after a message that took more than `MAXIMUM_KEPT_BYTES`. */
const FIRST_BYTES = 4_096;
const MAXIMUM_KEPT_BYTES = 256 * 1_024;
/** The longest head of a value, and any number. */
const HEAD_BYTES = 9;
const NULL = 0xc0;
const FALSE = 0xc2;
const TRUE = 0xc3;
const FLOAT_64 = 0xcb;

/** First bytes of what has a length: where it stands in the byte itself, up to which one, and those for 8, 16 and 32 bits. */
interface Heads {
  readonly short: number;
  readonly shortest: number;
  readonly bits8: number | null;
  readonly bits16: number;
  readonly bits32: number;
}
const TEXT: Heads = { short: 0xa0, shortest: 32, bits8: 0xd9, bits16: 0xda, bits32: 0xdb };
const LIST: Heads = { short: 0x90, shortest: 16, bits8: null, bits16: 0xdc, bits32: 0xdd };
/** Not a length, and written in the same way. */
const WHOLE: Heads = { short: 0x00, shortest: 128, bits8: 0xcc, bits16: 0xcd, bits32: 0xce };

/**
 * The writing side of MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) for what messages are made of: null,
 * booleans, numbers, texts and lists, each in its shortest form. Its own, since `@msgpack/msgpack`, which reads, measures texts
 * character by character here: 17 times as long for a fragment, on the way of every token that is stored. A test compares the two.
 */
export class MessagePackWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #end = 0;

  /**
   * @returns a view of memory that the next message is written to
   * @throws TypeError for any other kind of value
   */
  write(value: unknown): Uint8Array {
    if (this.#bytes.length > MAXIMUM_KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.#end = 0;
    this.#value(value);
    return this.#bytes.subarray(0, this.#end);
  }

  #value(value: unknown): void {
    if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'number') this.#number(value);
    else if (Array.isArray(value)) {
      this.#head(LIST, value.length);
      for (const item of value) this.#value(item);
    } else if (value === null || typeof value === 'boolean') {
      this.#room(1);
      this.#byte(value === null ? NULL : value ? TRUE : FALSE);
    } else throw new TypeError(`a message has no ${typeof value} in it`);
  }

  /** A surrogate without its other half becomes U+FFFD. */
  #text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#head(TEXT, length);
    this.#room(length);
    this.#end += this.#bytes.write(text, this.#end);
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value)) {
      this.#room(HEAD_BYTES);
      this.#byte(FLOAT_64);
      this.#end = this.#bytes.writeDoubleBE(value, this.#end);
    } else if (value >= 0 && value < 2 ** 32) this.#head(WHOLE, value);
    else this.#distant(value);
  }

  /** A whole number below 0, or of more than 32 bits. */
  #distant(value: number): void {
    this.#room(HEAD_BYTES);
    if (value >= -0x20 && value < 0) this.#byte(0x100 + value);
    else if (value >= -0x80 && value < 0) {
      this.#byte(0xd0);
      this.#end = this.#bytes.writeInt8(value, this.#end);
    } else if (value >= -0x8000 && value < 0) {
      this.#byte(0xd1);
      this.#end = this.#bytes.writeInt16BE(value, this.#end);
    } else if (value >= -0x8000_0000 && value < 0) {
      this.#byte(0xd2);
      this.#end = this.#bytes.writeInt32BE(value, this.#end);
    } else {
      this.#byte(value < 0 ? 0xd3 : 0xcf);
      this.#end = this.#bytes.writeBigInt64BE(BigInt(value), this.#end);
    }
  }

  #head({ short, shortest, bits8, bits16, bits32 }: Heads, length: number): void {
    this.#room(HEAD_BYTES);
    if (length < shortest) this.#byte(short + length);
    else if (length < 2 ** 8 && bits8 !== null) {
      this.#byte(bits8);
      this.#byte(length);
    } else if (length < 2 ** 16) {
      this.#byte(bits16);
      this.#end = this.#bytes.writeUInt16BE(length, this.#end);
    } else {
      this.#byte(bits32);
      this.#end = this.#bytes.writeUInt32BE(length, this.#end);
    }
  }

  #byte(value: number): void {
    this.#bytes[this.#end++] = value;
  }

  #room(bytes: number): void {
    const needed = this.#end + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * needed);
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}
