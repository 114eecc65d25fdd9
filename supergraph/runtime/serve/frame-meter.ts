/** Bytes of objects around each chunk and each fragment that is kept: what comes in crumbs would count for nothing otherwise. */
const CHUNK_OBJECTS_BYTES = 512;
const FRAGMENT_OBJECTS_BYTES = 256;

const LONGEST_HEADER_BYTES = 14;
const OPCODE_BITS = 0x0f;
const FINAL_BIT = 0x80;
const MASK_BIT = 0x80;
const LENGTH_BITS = 0x7f;
const LENGTH_IN_2_BYTES = 126;
const LENGTH_IN_8_BYTES = 127;
const CLOSE = 0x8;

/**
 * Measures what a reader of WebSocket frames (RFC 6455, 5.2) keeps of a message that has begun and not ended. Control frames
 * may stand between the fragments of a message and end nothing; what arrives meanwhile is counted whole, since it is kept whole.
 */
export class FrameMeter {
  readonly #header = Buffer.alloc(LONGEST_HEADER_BYTES);
  #headerBytes = 0;
  /** Undefined while a header is read. */
  #payloadLeft: number | undefined;
  /** A message has begun, and the frame that ends it has not been read to its end. */
  #isInMessage = false;
  #isClosed = false;
  #heldBytes = 0;

  /** 0 when all that has begun has ended. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Takes what was read. Returns whether all that had begun before has ended, so that what is held is new. */
  take(chunk: Uint8Array): boolean {
    // After a close frame nothing is kept any more.
    if (this.#isClosed) return false;
    let isNew = this.#isWhole;
    let fragments = 0;
    for (let at = 0; at < chunk.length && !this.#isClosed; ) {
      if (this.#payloadLeft === undefined) at = this.#readHeader(chunk, at);
      if (this.#payloadLeft === undefined) break;
      const taken = Math.min(this.#payloadLeft, chunk.length - at);
      at += taken;
      this.#payloadLeft -= taken;
      if (this.#payloadLeft > 0) break;
      this.#endFrame();
      fragments = this.#isWhole ? 0 : fragments + 1;
      isNew ||= this.#isWhole;
    }
    const added = chunk.length + CHUNK_OBJECTS_BYTES + fragments * FRAGMENT_OBJECTS_BYTES;
    if (!this.#isClosed) this.#heldBytes = this.#isWhole ? 0 : (isNew ? 0 : this.#heldBytes) + added;
    return isNew;
  }

  get #isWhole(): boolean {
    return !this.#isInMessage && this.#headerBytes === 0;
  }

  /** Reads on in a header; returns where it ends, or the chunk does. */
  #readHeader(chunk: Uint8Array, start: number): number {
    let at = start;
    while (at < chunk.length && this.#headerBytes < this.#headerLength()) {
      this.#header[this.#headerBytes++] = chunk[at++] ?? 0;
    }
    if (this.#headerBytes === this.#headerLength()) {
      this.#payloadLeft = this.#payloadLength();
      if (isData(this.#opcode)) this.#isInMessage = true;
    }
    return at;
  }

  #headerLength(): number {
    if (this.#headerBytes < 2) return 2;
    const second = this.#header[1] ?? 0;
    const length = second & LENGTH_BITS;
    const lengthBytes = length === LENGTH_IN_8_BYTES ? 8 : length === LENGTH_IN_2_BYTES ? 2 : 0;
    return 2 + lengthBytes + ((second & MASK_BIT) === 0 ? 0 : 4);
  }

  #payloadLength(): number {
    const length = (this.#header[1] ?? 0) & LENGTH_BITS;
    if (length === LENGTH_IN_2_BYTES) return this.#header.readUInt16BE(2);
    if (length === LENGTH_IN_8_BYTES) return Number(this.#header.readBigUInt64BE(2));
    return length;
  }

  get #opcode(): number {
    return (this.#header[0] ?? 0) & OPCODE_BITS;
  }

  #endFrame(): void {
    const isFinal = ((this.#header[0] ?? 0) & FINAL_BIT) !== 0;
    if (isFinal && isData(this.#opcode)) this.#isInMessage = false;
    if (this.#opcode === CLOSE) this.#isClosed = true;
    this.#payloadLeft = undefined;
    this.#headerBytes = 0;
  }
}

/** Text, binary and what continues them; the others are control frames. */
function isData(opcode: number): boolean {
  return opcode < CLOSE;
}
