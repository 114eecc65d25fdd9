import type { MetadataValue } from './gguf-metadata.ts';
import { TENSOR_TYPES } from './tensor-types.ts';
import type { TinyLlama } from './tiny-llama.ts';

// For tests: the bytes of a GGUF v3 file.

const TYPE_NUMBERS = new Map([...TENSOR_TYPES].map(([number, { name }]) => [name, number]));
const ALIGNMENT = 32;

export function writeGguf({ metadata, tensors }: TinyLlama): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from('GGUF'), uint32(3), uint64(tensors.length), uint64(metadata.size)];
  for (const [key, value] of metadata) {
    // Whole as it is, other readers want it as a real number.
    const real = key.endsWith('.freq_base') && typeof value === 'number';
    parts.push(string(key), uint32(real ? 6 : typeOf(value)), real ? float32(value) : encode(value));
  }
  let offset = 0;
  for (const tensor of tensors) {
    const type = typeof tensor.type === 'number' ? tensor.type : (TYPE_NUMBERS.get(tensor.type) ?? 0);
    parts.push(string(tensor.name), uint32(tensor.dimensions.length), ...tensor.dimensions.map(uint64));
    parts.push(uint32(type), uint64(offset));
    offset += padded(tensor.bytes.byteLength);
  }
  const headerBytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
  parts.push(new Uint8Array(padded(headerBytes) - headerBytes));
  for (const { bytes } of tensors) parts.push(bytes, new Uint8Array(padded(bytes.byteLength) - bytes.byteLength));
  return Buffer.concat(parts);
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / ALIGNMENT) * ALIGNMENT;
}

function typeOf(value: MetadataValue): number {
  if (typeof value === 'string') return 8;
  if (typeof value === 'boolean') return 7;
  if (typeof value === 'object') return 9;
  return Number.isInteger(value) ? 4 : 6;
}

/** Whole numbers of lists are signed, as other readers want those of `token_type`. */
function elementTypeOf(value: MetadataValue): number {
  const type = typeOf(value);
  return type === 4 ? 5 : type;
}

function encode(value: MetadataValue): Uint8Array {
  if (typeof value === 'string') return string(value);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 1 : 0);
  if (typeof value === 'number') return Number.isInteger(value) ? uint32(value) : float32(value);
  return Buffer.concat([uint32(elementTypeOf(value[0] ?? '')), uint64(value.length), ...value.map(encode)]);
}

function string(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([uint64(bytes.byteLength), bytes]);
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
