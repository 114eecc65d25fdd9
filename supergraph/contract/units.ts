declare const unit: unique symbol;

/** A count of o200k tokens, a whole number >= 0. */
export type Tokens = number & { readonly [unit]: 'tokens' };

/** A count of bytes (of UTF-8 where text is meant, never `.length`), a whole number >= 0. */
export type Bytes = number & { readonly [unit]: 'bytes' };

function whole(value: number, name: string): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${name} must be a whole number >= 0, got ${value}`);
  return value;
}

/** @throws RangeError when `value` is not a whole number >= 0: a fault of the program, not of its input. */
export function tokens(value: number): Tokens {
  return whole(value, 'tokens') as Tokens;
}

/** @throws RangeError when `value` is not a whole number >= 0: a fault of the program, not of its input. */
export function bytes(value: number): Bytes {
  return whole(value, 'bytes') as Bytes;
}

/** The length of `text` in UTF-8. A lone surrogate counts 3, as its replacement character does. */
export function utf8Bytes(text: string): Bytes {
  return Buffer.byteLength(text, 'utf8') as Bytes;
}
