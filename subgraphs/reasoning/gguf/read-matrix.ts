import type { ByteSource } from './byte-source.ts';
import { halfToNumber } from './half-float.ts';
import { modelInvalid } from './model-invalid.ts';
import type { TensorInfo } from './read-gguf.ts';

export const BLOCK_ELEMENTS = 32;

/**
 * A matrix of `rows` x `columns` in blocks of 32 along a row, each block affine: `value = scale * quant + minimum`.
 * `quants` holds whole numbers of so many bits.
 */
export interface AffineMatrix {
  readonly bits: 4 | 8;
  readonly rows: number;
  readonly columns: number;
  readonly scales: Float32Array<ArrayBuffer>;
  readonly minimums: Float32Array<ArrayBuffer>;
  readonly quants: Uint8Array<ArrayBuffer>;
}

/** Reads a vector of F32 or F16. Throws `MODEL_INVALID` for another shape, another type or a value that is not finite. */
export function readVector(source: ByteSource, tensor: TensorInfo, length: number): Float32Array<ArrayBuffer> {
  if (tensor.dimensions.length !== 1 || tensor.dimensions[0] !== length) {
    throw modelInvalid(`tensor '${tensor.name}' is [${tensor.dimensions.join(', ')}], not [${length}]`);
  }
  if (tensor.layout.name !== 'F32' && tensor.layout.name !== 'F16') {
    throw modelInvalid(`tensor '${tensor.name}' is ${tensor.layout.name}, but must be F32 or F16`);
  }
  const values = readFloats(source, tensor);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw modelInvalid(`tensor '${tensor.name}' has a value that is not finite`, { index: bad });
  return values;
}

/** Reads a matrix of any supported type. Throws `MODEL_INVALID` for another shape or a scale that is not finite. */
export function readMatrix(source: ByteSource, tensor: TensorInfo, rows: number, columns: number): AffineMatrix {
  if (tensor.dimensions.length !== 2 || tensor.dimensions[0] !== columns || tensor.dimensions[1] !== rows) {
    throw modelInvalid(`tensor '${tensor.name}' is [${tensor.dimensions.join(', ')}], not [${columns}, ${rows}]`);
  }
  if (columns % BLOCK_ELEMENTS !== 0) {
    throw modelInvalid(`tensor '${tensor.name}' has rows of ${columns} values, no multiple of ${BLOCK_ELEMENTS}`);
  }
  const blocks = (rows * columns) / BLOCK_ELEMENTS;
  const matrix: AffineMatrix = {
    bits: tensor.layout.name === 'Q4_0' || tensor.layout.name === 'Q4_1' ? 4 : 8,
    rows,
    columns,
    scales: new Float32Array(blocks),
    minimums: new Float32Array(blocks),
    quants: new Uint8Array(rows * columns),
  };
  if (tensor.layout.name === 'F32' || tensor.layout.name === 'F16') quantise(readFloats(source, tensor), matrix);
  else unpackBlocks(source.read(tensor.offsetBytes, tensor.sizeBytes), tensor.layout.name, matrix);
  for (let block = 0; block < blocks; block++) {
    if (Number.isFinite(matrix.scales[block]) && Number.isFinite(matrix.minimums[block])) continue;
    throw modelInvalid(`tensor '${tensor.name}' has a block whose scale is not finite`, {
      offsetBytes: tensor.offsetBytes,
      block,
    });
  }
  return matrix;
}

function readFloats(source: ByteSource, tensor: TensorInfo): Float32Array<ArrayBuffer> {
  const bytes = source.read(tensor.offsetBytes, tensor.sizeBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (tensor.layout.name === 'F32') {
    return Float32Array.from({ length: bytes.byteLength / 4 }, (_, index) => view.getFloat32(index * 4, true));
  }
  return Float32Array.from({ length: bytes.byteLength / 2 }, (_, index) =>
    halfToNumber(view.getUint16(index * 2, true)),
  );
}

/** Symmetric 8 bits a block, as Q8_0 has it: the largest magnitude becomes 127. */
function quantise(values: Float32Array, { scales, minimums, quants }: AffineMatrix): void {
  for (let block = 0; block < scales.length; block++) {
    const start = block * BLOCK_ELEMENTS;
    let largest = 0;
    for (let index = start; index < start + BLOCK_ELEMENTS; index++) {
      largest = Math.max(largest, Math.abs(values[index] ?? 0));
    }
    const scale = largest / 127;
    scales[block] = scale;
    minimums[block] = -128 * scale;
    for (let index = start; index < start + BLOCK_ELEMENTS; index++) {
      quants[index] = scale === 0 ? 128 : Math.round((values[index] ?? 0) / scale) + 128;
    }
  }
}

/** Nibbles lie as low half = first 16 values, high half = last 16. */
function unpackBlocks(
  bytes: Uint8Array,
  type: 'Q4_0' | 'Q4_1' | 'Q8_0',
  { scales, minimums, quants }: AffineMatrix,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  for (let block = 0; block < scales.length; block++) {
    const scale = halfToNumber(view.getUint16(offset, true));
    offset += 2;
    scales[block] = scale;
    const start = block * BLOCK_ELEMENTS;
    if (type === 'Q8_0') {
      minimums[block] = -128 * scale;
      for (let index = 0; index < BLOCK_ELEMENTS; index++) {
        quants[start + index] = view.getInt8(offset + index) + 128;
      }
      offset += BLOCK_ELEMENTS;
      continue;
    }
    if (type === 'Q4_1') {
      minimums[block] = halfToNumber(view.getUint16(offset, true));
      offset += 2;
    } else {
      minimums[block] = -8 * scale;
    }
    for (let index = 0; index < 16; index++) {
      const pair = bytes[offset + index] ?? 0;
      quants[start + index] = pair & 15;
      quants[start + 16 + index] = pair >> 4;
    }
    offset += 16;
  }
}
