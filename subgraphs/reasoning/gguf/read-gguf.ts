import type { ByteSource } from './byte-source.ts';
import { GgufCursor } from './gguf-cursor.ts';
import { type MetadataValue, readMetadata } from './gguf-metadata.ts';
import { modelInvalid } from './model-invalid.ts';
import { nameOfOtherType, TENSOR_TYPES, type TensorLayout } from './tensor-types.ts';

/** One tensor of the file; its values are not read yet. */
export interface TensorInfo {
  readonly name: string;
  /** Innermost first, as in the file: a matrix is `[columns, rows]`. */
  readonly dimensions: readonly number[];
  readonly layout: TensorLayout;
  /** From the start of the file. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

export interface GgufFile {
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

const MAGIC = 'GGUF';
const VERSION = 3;
/** The version as a file has it whose numbers begin with their highest byte. */
const BIG_ENDIAN_VERSION = VERSION * 2 ** 24;
const MAX_DIMENSIONS = 4;
const MAX_NAME_BYTES = 64;
const LEAST_METADATA_BYTES = 13;
const LEAST_TENSOR_BYTES = 24;

/**
 * Reads everything of a GGUF v3 file but the weights. Whatever the bytes are, it either returns a description in which
 * every tensor lies inside the file, or throws `MODEL_INVALID` saying what is wrong and where; memory stays bounded by
 * the size of the file.
 */
export function readGguf(source: ByteSource): GgufFile {
  const cursor = new GgufCursor(source);
  const magic = String.fromCharCode(...Array.from({ length: 4 }, () => cursor.uint8('the magic bytes')));
  if (magic !== MAGIC) throw modelInvalid('it is not a GGUF file: the magic bytes are missing', { offsetBytes: 0 });
  const version = cursor.uint32('the version');
  if (version === BIG_ENDIAN_VERSION) {
    throw modelInvalid('it is big-endian; convert it to little-endian', { offsetBytes: 4 });
  }
  if (version !== VERSION) {
    throw modelInvalid(`it is GGUF version ${version}, and only version ${VERSION} is known`, { offsetBytes: 4 });
  }
  const tensorCount = cursor.uint64('the tensor count');
  const metadataCount = cursor.uint64('the metadata count');
  checkCount(cursor, 'tensors', tensorCount, LEAST_TENSOR_BYTES, 8);
  checkCount(cursor, 'metadata entries', metadataCount, LEAST_METADATA_BYTES, 16);
  const metadata = readMetadata(cursor, metadataCount);

  const alignment = metadata.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || !isPowerOfTwo(alignment) || alignment < 8 || alignment > 1 << 20) {
    throw modelInvalid(`general.alignment is ${String(alignment)}, not a power of two from 8 to 1048576`);
  }
  checkCount(cursor, 'tensors', tensorCount, LEAST_TENSOR_BYTES, 8);
  const tensors: TensorInfo[] = [];
  for (let index = 0; index < tensorCount; index++) tensors.push(readTensorInfo(cursor, index, alignment));

  const dataStart = Math.ceil(cursor.offsetBytes / alignment) * alignment;
  return { metadata, tensors: placeTensors(tensors, dataStart, source.sizeBytes) };
}

function checkCount(cursor: GgufCursor, what: string, count: number, leastBytes: number, offsetBytes: number): void {
  if (count > cursor.remainingBytes / leastBytes) {
    throw modelInvalid(`it claims ${count} ${what}, more than the rest of the file can hold`, { offsetBytes, count });
  }
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 && (value & (value - 1)) === 0;
}

/** The offset is still relative to the start of the data. */
function readTensorInfo(cursor: GgufCursor, index: number, alignment: number): TensorInfo {
  const name = cursor.string(`the name of tensor ${index}`, MAX_NAME_BYTES);
  const at = { offsetBytes: cursor.offsetBytes };
  const rank = cursor.uint32(`the dimension count of tensor '${name}'`);
  if (rank < 1 || rank > MAX_DIMENSIONS) throw modelInvalid(`tensor '${name}' has ${rank} dimensions`, at);
  const dimensions: number[] = [];
  let elements = 1;
  for (let axis = 0; axis < rank; axis++) {
    const length = cursor.uint64(`dimension ${axis} of tensor '${name}'`);
    elements *= length;
    if (length < 1 || !Number.isSafeInteger(elements * 4)) {
      throw modelInvalid(`tensor '${name}' has an impossible dimension ${axis} of ${length}`, at);
    }
    dimensions.push(length);
  }
  const type = cursor.uint32(`the type of tensor '${name}'`);
  const layout = TENSOR_TYPES.get(type);
  if (layout === undefined) {
    const known = [...TENSOR_TYPES.values()].map((entry) => entry.name).join(', ');
    throw modelInvalid(`tensor '${name}' has the ${nameOfOtherType(type)}; supported are ${known}`, at);
  }
  if ((dimensions[0] ?? 0) % layout.blockElements !== 0) {
    throw modelInvalid(`tensor '${name}' has rows that are no whole number of ${layout.name} blocks`, at);
  }
  const offsetBytes = cursor.uint64(`the offset of tensor '${name}'`);
  if (offsetBytes % alignment !== 0) {
    throw modelInvalid(`tensor '${name}' starts at ${offsetBytes}, which is not aligned to ${alignment}`, at);
  }
  return { name, dimensions, layout, offsetBytes, sizeBytes: (elements / layout.blockElements) * layout.blockBytes };
}

function placeTensors(
  tensors: readonly TensorInfo[],
  dataStart: number,
  fileBytes: number,
): ReadonlyMap<string, TensorInfo> {
  const placed = new Map<string, TensorInfo>();
  for (const tensor of tensors) {
    if (placed.has(tensor.name)) throw modelInvalid(`tensor '${tensor.name}' appears twice`);
    const offsetBytes = dataStart + tensor.offsetBytes;
    if (offsetBytes + tensor.sizeBytes > fileBytes) {
      throw modelInvalid(
        `it is truncated: tensor '${tensor.name}' needs bytes up to ${offsetBytes + tensor.sizeBytes}, the file has ${fileBytes}`,
        { offsetBytes, sizeBytes: fileBytes },
      );
    }
    placed.set(tensor.name, { ...tensor, offsetBytes });
  }
  let end = dataStart;
  for (const tensor of [...placed.values()].sort((a, b) => a.offsetBytes - b.offsetBytes)) {
    if (tensor.offsetBytes < end) {
      throw modelInvalid(`tensor '${tensor.name}' overlaps the one before it`, { offsetBytes: tensor.offsetBytes });
    }
    end = tensor.offsetBytes + tensor.sizeBytes;
  }
  return placed;
}
