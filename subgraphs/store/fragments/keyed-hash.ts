import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
const INNER = 0x36;
const OUTER = 0x5c;
/** Memory at first; longer contents have more. */
const FIRST_BYTES = 8_192;

/**
 * HMAC-SHA-256 under one key (RFC 2104), for content by the thousand: `createHmac` makes an object of native memory for each, and
 * those are what the collector then holds up an append for. A test compares the two.
 */
export class KeyedHash {
  /** The key's block, then the content. */
  #inner = Buffer.alloc(BLOCK_BYTES + FIRST_BYTES, INNER);
  /** The key's block, then the hash of the other. */
  readonly #outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES, OUTER);

  /** @param key Of any length; of more than a block its hash stands for it */
  constructor(key: Uint8Array) {
    const block = key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key;
    for (const [at, byte] of block.entries()) {
      this.#inner[at] = INNER ^ byte;
      this.#outer[at] = OUTER ^ byte;
    }
  }

  /** @returns its 32 bytes */
  of(content: Uint8Array): Buffer {
    const length = BLOCK_BYTES + content.length;
    let message = this.#inner;
    if (message.length < length) message = Buffer.concat([message.subarray(0, BLOCK_BYTES), content]);
    else message.set(content, BLOCK_BYTES);
    this.#outer.set(hash('sha256', message.subarray(0, length), 'buffer'), BLOCK_BYTES);
    return hash('sha256', this.#outer, 'buffer');
  }
}
