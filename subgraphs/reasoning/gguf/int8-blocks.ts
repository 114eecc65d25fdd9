import { type AffineMatrix, BLOCK_ELEMENTS } from './read-matrix.ts';

/** What MatMulNBits multiplies by: `value = scale * (quant - zero)`, blocks of 32 along a row, 8 bits each. */
export interface Int8Blocks {
  readonly rows: number;
  readonly columns: number;
  readonly quants: Uint8Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
  /** Undefined when every zero point is 128, which the operator assumes and computes faster. */
  readonly zeros: Uint8Array<ArrayBuffer> | undefined;
}

const SYMMETRIC_ZERO = 128;
/** Up to 17 fits the steps of 4 bits, up to 8 those of 5. First those that take the zero of Q4_0 and Q5_0 to 128. */
const FACTORS = [16, 8, 17, 15, 14, 13, 12, 11, 10, 9, 7, 6, 5, 4];

/**
 * Maps affine blocks to int8. 8-bit blocks map exactly. A 4-bit block has zero at `-minimum / scale`, which is no whole
 * number; scaling its 16 steps by a factor k of 4-17 puts zero close to a whole one (`u = k * q`, relative error about
 * 0.002). Rounding the zero point at 4 bits is tempting but wrong: it costs 40 times that.
 */
export function toInt8Blocks(matrix: AffineMatrix): Int8Blocks {
  const { rows, columns, scales: affineScales, minimums, quants: affineQuants } = matrix;
  const quants = new Uint8Array(affineQuants.length);
  const scales = new Float32Array(affineScales.length);
  const zeros = new Uint8Array(affineScales.length);
  for (let block = 0; block < scales.length; block++) {
    const start = block * BLOCK_ELEMENTS;
    const source = affineQuants.subarray(start, start + BLOCK_ELEMENTS);
    const target = quants.subarray(start, start + BLOCK_ELEMENTS);
    const scale = affineScales[block] ?? 0;
    const minimum = minimums[block] ?? 0;
    const best = bestFactor(scale, minimum, source);
    if (best === undefined) {
      scales[block] = symmetric(scale, minimum, source, target);
      zeros[block] = SYMMETRIC_ZERO;
    } else {
      scales[block] = scale / best.factor;
      zeros[block] = best.zero;
      for (let index = 0; index < BLOCK_ELEMENTS; index++) target[index] = best.factor * (source[index] ?? 0);
    }
  }
  const allSymmetric = zeros.every((zero) => zero === SYMMETRIC_ZERO);
  return { rows, columns, quants, scales, zeros: allSymmetric ? undefined : zeros };
}

function bestFactor(
  scale: number,
  minimum: number,
  quants: Uint8Array,
): { readonly factor: number; readonly zero: number } | undefined {
  if (scale === 0) return undefined;
  if (minimum === -SYMMETRIC_ZERO * scale) return { factor: 1, zero: SYMMETRIC_ZERO };
  let largest = 0;
  for (const quant of quants) largest = Math.max(largest, quant);
  let best: { factor: number; zero: number } | undefined;
  let leastError = Number.POSITIVE_INFINITY;
  for (const factor of FACTORS) {
    const zero = Math.round((-factor * minimum) / scale);
    if (zero < 0 || zero > 255 || largest * factor > 255) continue;
    const error = Math.abs((scale / factor) * zero + minimum);
    if (error < leastError * 0.999) {
      leastError = error;
      best = { factor, zero: zero + 0 };
    }
  }
  return best;
}

/** For a block that does not reach zero: 8 bits around it. Returns the scale. */
function symmetric(scale: number, minimum: number, source: Uint8Array, target: Uint8Array): number {
  let largest = 0;
  for (const quant of source) largest = Math.max(largest, Math.abs(scale * quant + minimum));
  const step = largest / 127;
  for (let index = 0; index < BLOCK_ELEMENTS; index++) {
    const value = scale * (source[index] ?? 0) + minimum;
    target[index] = step === 0 ? SYMMETRIC_ZERO : Math.round(value / step) + SYMMETRIC_ZERO;
  }
  return step;
}
