/** The part of a model's shape that its KV cache needs. */
export interface KvShape {
  readonly layers: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
}

/** Hides a position from attention without risking NaN, as minus infinity would where a whole row is hidden. */
const HIDDEN = -1e9;
const CAPACITY_STEP_TOKENS = 256;

/** 16-bit keys and values of one token in all layers. */
export function kvBytesPerToken({ layers, keyValueHeads, headWidth }: KvShape): number {
  return layers * 2 * keyValueHeads * headWidth * Uint16Array.BYTES_PER_ELEMENT;
}

/** A step costs what the capacity is, not what the length is; so capacities are fine-grained. */
export function capacityFor(lengthTokens: number): number {
  return Math.max(1, Math.ceil(lengthTokens / CAPACITY_STEP_TOKENS)) * CAPACITY_STEP_TOKENS;
}

/** The longest sequence that a budget of bytes has room for. */
export function affordableTokens(shape: KvShape, budgetBytes: number): number {
  const steps = Math.floor(budgetBytes / (kvBytesPerToken(shape) * CAPACITY_STEP_TOKENS));
  return steps * CAPACITY_STEP_TOKENS;
}

/**
 * Keys and values of `rows` sequences, up to `capacityTokens` each. One typed array for each layer's keys and one for its
 * values, laid out `[rows, heads, capacity, width]`: any run of neighbouring rows is one contiguous block that the graph
 * reads in place.
 *
 *     row 0: head 0: |past tokens ...|hidden| head 1: |past tokens ...|hidden| ...
 *     row 1: ...
 *
 * Tokens beyond a row's length hold old values or zeros, hidden by the bias; so truncating is exact and free.
 */
export class KvStore {
  readonly rows: number;
  readonly capacityTokens: number;
  /** Keys and values by turns: layer 0 keys, layer 0 values, layer 1 keys, … */
  readonly tensors: readonly Uint16Array<ArrayBuffer>[];
  /** `[rows, capacity]`: 0 where a row has a token, very negative elsewhere. */
  readonly bias: Float32Array<ArrayBuffer>;
  readonly #shape: KvShape;
  readonly #lengths: number[];

  constructor(shape: KvShape, rows: number, capacityTokens: number) {
    this.rows = rows;
    this.capacityTokens = capacityTokens;
    this.#shape = shape;
    this.#lengths = Array.from({ length: rows }, () => 0);
    const elements = rows * this.elementsPerRow;
    this.tensors = Array.from({ length: shape.layers * 2 }, () => new Uint16Array(elements));
    this.bias = new Float32Array(rows * capacityTokens).fill(HIDDEN);
  }

  get sizeBytes(): number {
    return this.rows * this.capacityTokens * kvBytesPerToken(this.#shape);
  }

  /** Of one typed array. */
  get elementsPerRow(): number {
    return this.#shape.keyValueHeads * this.capacityTokens * this.#shape.headWidth;
  }

  length(row: number): number {
    return this.#lengths[row] ?? 0;
  }

  /** Shows the first `lengthTokens` tokens of a row, hides the rest. Shortening is the rollback. */
  setLength(row: number, lengthTokens: number): void {
    const start = row * this.capacityTokens;
    const before = this.length(row);
    if (lengthTokens > before) this.bias.fill(0, start + before, start + lengthTokens);
    else this.bias.fill(HIDDEN, start + lengthTokens, start + before);
    this.#lengths[row] = lengthTokens;
  }

  /**
   * Appends `count` tokens to each of `rowCount` rows from `firstRow` on. `fresh` has one array for each of `tensors`, laid
   * out `[rowCount, count, heads, width]`.
   */
  append(firstRow: number, rowCount: number, count: number, fresh: readonly Uint16Array[]): void {
    const { keyValueHeads, headWidth } = this.#shape;
    this.tensors.forEach((tensor, index) => {
      const source = fresh[index];
      if (source === undefined) return;
      let from = 0;
      for (let row = 0; row < rowCount; row++) {
        for (let token = 0; token < count; token++) {
          const position = this.length(firstRow + row) + token;
          for (let head = 0; head < keyValueHeads; head++) {
            const line = ((firstRow + row) * keyValueHeads + head) * this.capacityTokens + position;
            tensor.set(source.subarray(from, from + headWidth), line * headWidth);
            from += headWidth;
          }
        }
      }
    });
    for (let row = firstRow; row < firstRow + rowCount; row++) this.setLength(row, this.length(row) + count);
  }

  /** Gives the memory back at once instead of whenever garbage is collected; the store must not be used again. */
  free(): void {
    for (const tensor of this.tensors) tensor.buffer.transfer(0);
  }

  /** Copies the first `lengthTokens` tokens of a row of another store (or another row of this one) over a row of this. */
  copyRow(row: number, from: KvStore, fromRow: number, lengthTokens: number): void {
    const { keyValueHeads, headWidth } = this.#shape;
    this.tensors.forEach((tensor, index) => {
      const source = from.tensors[index];
      if (source === undefined) return;
      for (let head = 0; head < keyValueHeads; head++) {
        const start = (fromRow * keyValueHeads + head) * from.capacityTokens * headWidth;
        const target = (row * keyValueHeads + head) * this.capacityTokens * headWidth;
        tensor.set(source.subarray(start, start + lengthTokens * headWidth), target);
      }
    });
    this.setLength(row, lengthTokens);
  }
}
