import { type AffineTarget, unpackAffine } from './affine-blocks.ts';
import type { ByteSource } from './byte-source.ts';
import { unpackFloats } from './float-blocks.ts';
import { modelInvalid } from './model-invalid.ts';
import type { TensorInfo } from './read-gguf.ts';
import { graphBits, isAffine, isNumbers } from './tensor-types.ts';

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

/** A matrix of `rows` x `columns` as it is in a file of numbers: nothing is lost, and it takes four times the memory of 8 bits. */
export interface FloatMatrix {
  readonly bits: 32;
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array<ArrayBuffer>;
}

export type Matrix = AffineMatrix | FloatMatrix;

/** Read at a time: a matrix of a vocabulary may be a gigabyte, and what it is unpacked by way of must not be as large. */
const SLICE_BYTES = 4 << 20;

/** Reads a vector of numbers. Throws `MODEL_INVALID` for another shape, another type or a value that is not finite. */
export function readVector(source: ByteSource, tensor: TensorInfo, length: number): Float32Array<ArrayBuffer> {
  if (tensor.dimensions.length !== 1 || tensor.dimensions[0] !== length) {
    throw modelInvalid(`tensor '${tensor.name}' is [${tensor.dimensions.join(', ')}], not [${length}]`);
  }
  return readNumbers(source, tensor);
}

function readNumbers(source: ByteSource, tensor: TensorInfo): Float32Array<ArrayBuffer> {
  const { name } = tensor.layout;
  if (!isNumbers(name)) throw modelInvalid(`tensor '${tensor.name}' is ${name}, but must be F32, F16 or BF16`);
  const values = unpackFloats(name, source.read(tensor.offsetBytes, tensor.sizeBytes), tensor.layout);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw modelInvalid(`tensor '${tensor.name}' has a value that is not finite`, { index: bad });
  return values;
}

/** Reads a matrix of numbers as they are. Throws `MODEL_INVALID` for another shape, type or a value that is not finite. */
export function readFloatMatrix(source: ByteSource, tensor: TensorInfo, rows: number, columns: number): FloatMatrix {
  checkShape(tensor, rows, columns);
  const values = readNumbers(source, tensor);
  return { bits: 32, rows, columns, values };
}

/** Reads a matrix of any supported type in blocks. Throws `MODEL_INVALID` for another shape or a scale that is not finite. */
export function readMatrix(source: ByteSource, tensor: TensorInfo, rows: number, columns: number): AffineMatrix {
  checkShape(tensor, rows, columns);
  const blocks = (rows * columns) / BLOCK_ELEMENTS;
  const matrix: AffineMatrix = {
    bits: graphBits(tensor.layout.name),
    rows,
    columns,
    scales: new Float32Array(blocks),
    minimums: new Float32Array(blocks),
    quants: new Uint8Array(rows * columns),
  };
  const { layout } = tensor;
  const elements = Math.max(BLOCK_ELEMENTS, layout.blockElements);
  const bytesAStep = (elements / layout.blockElements) * layout.blockBytes;
  const sliceBytes = Math.floor(SLICE_BYTES / bytesAStep) * bytesAStep;
  for (let done = 0; done < tensor.sizeBytes; done += sliceBytes) {
    const bytes = source.read(tensor.offsetBytes + done, Math.min(sliceBytes, tensor.sizeBytes - done));
    const first = ((done / layout.blockBytes) * layout.blockElements) / BLOCK_ELEMENTS;
    const target = {
      scales: matrix.scales.subarray(first),
      minimums: matrix.minimums.subarray(first),
      quants: matrix.quants.subarray(first * BLOCK_ELEMENTS),
    };
    if (isAffine(layout.name)) unpackAffine(layout.name, bytes, layout, target);
    else quantise(unpackFloats(layout.name, bytes, layout), target);
  }
  for (let block = 0; block < blocks; block++) {
    if (Number.isFinite(matrix.scales[block]) && Number.isFinite(matrix.minimums[block])) continue;
    throw modelInvalid(`tensor '${tensor.name}' has a block whose scale is not finite`, {
      offsetBytes: tensor.offsetBytes,
      block,
    });
  }
  return matrix;
}

function checkShape(tensor: TensorInfo, rows: number, columns: number): void {
  if (tensor.dimensions.length !== 2 || tensor.dimensions[0] !== columns || tensor.dimensions[1] !== rows) {
    throw modelInvalid(`tensor '${tensor.name}' is [${tensor.dimensions.join(', ')}], not [${columns}, ${rows}]`);
  }
  if (columns % BLOCK_ELEMENTS !== 0) {
    throw modelInvalid(`tensor '${tensor.name}' has rows of ${columns} values, no multiple of ${BLOCK_ELEMENTS}`);
  }
}

/** Symmetric 8 bits a block, as Q8_0 has it: the largest magnitude becomes 127. What is not finite makes its scale so. */
function quantise(values: Float32Array, { scales, minimums, quants }: AffineTarget): void {
  for (let block = 0; block < values.length / BLOCK_ELEMENTS; block++) {
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
