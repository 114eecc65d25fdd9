import type { GgufCursor } from './gguf-cursor.ts';
import { modelInvalid } from './model-invalid.ts';

export type MetadataValue = number | boolean | string | readonly MetadataValue[];

const LIMITS = {
  stringBytes: 4 << 20,
  keyBytes: 65_535,
  /** Elements of all arrays together: a vocabulary of 256K tokens with its merges, scores and types is about 1M. */
  arrayElements: 8 << 20,
  arrayDepth: 4,
};

const UINT8 = 0;
const INT8 = 1;
const UINT16 = 2;
const INT16 = 3;
const UINT32 = 4;
const INT32 = 5;
const FLOAT32 = 6;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;
const UINT64 = 10;
const INT64 = 11;
const FLOAT64 = 12;

const LEAST_BYTES: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8];

/** Reads the key-value pairs; every count is checked against what is left of the file before anything is allocated. */
export function readMetadata(cursor: GgufCursor, count: number): ReadonlyMap<string, MetadataValue> {
  const metadata = new Map<string, MetadataValue>();
  const budget = { elements: LIMITS.arrayElements };
  for (let index = 0; index < count; index++) {
    const offsetBytes = cursor.offsetBytes;
    const key = cursor.string(`the key of metadata entry ${index}`, LIMITS.keyBytes);
    if (metadata.has(key)) throw modelInvalid(`metadata key '${key}' appears twice`, { offsetBytes });
    const type = cursor.uint32(`the type of '${key}'`);
    metadata.set(key, readValue(cursor, type, `metadata '${key}'`, budget, 0));
  }
  return metadata;
}

function readValue(
  cursor: GgufCursor,
  type: number,
  what: string,
  budget: { elements: number },
  depth: number,
): MetadataValue {
  switch (type) {
    case UINT8:
      return cursor.uint8(what);
    case INT8:
      return cursor.int8(what);
    case UINT16:
      return cursor.uint16(what);
    case INT16:
      return cursor.int16(what);
    case UINT32:
      return cursor.uint32(what);
    case INT32:
      return cursor.int32(what);
    case FLOAT32:
      return cursor.float32(what);
    case BOOL: {
      const value = cursor.uint8(what);
      if (value > 1)
        throw modelInvalid(`${what} is neither true nor false`, { offsetBytes: cursor.offsetBytes - 1, value });
      return value === 1;
    }
    case STRING:
      return cursor.string(what, LIMITS.stringBytes);
    case ARRAY:
      return readArray(cursor, what, budget, depth + 1);
    case UINT64:
      return cursor.uint64(what);
    case INT64:
      return cursor.int64(what);
    case FLOAT64:
      return cursor.float64(what);
    default:
      throw modelInvalid(`${what} has the unknown type ${type}`, { offsetBytes: cursor.offsetBytes - 4, type });
  }
}

function readArray(
  cursor: GgufCursor,
  what: string,
  budget: { elements: number },
  depth: number,
): readonly MetadataValue[] {
  if (depth > LIMITS.arrayDepth) {
    throw modelInvalid(`${what} nests arrays deeper than ${LIMITS.arrayDepth}`, { offsetBytes: cursor.offsetBytes });
  }
  const type = cursor.uint32(`the element type of ${what}`);
  const leastBytes = LEAST_BYTES[type];
  if (leastBytes === undefined) {
    throw modelInvalid(`${what} has elements of the unknown type ${type}`, {
      offsetBytes: cursor.offsetBytes - 4,
      type,
    });
  }
  const count = cursor.uint64(`the element count of ${what}`);
  if (count > cursor.remainingBytes / leastBytes) {
    throw modelInvalid(`${what} claims ${count} elements, more than the rest of the file can hold`, {
      offsetBytes: cursor.offsetBytes - 8,
      count,
    });
  }
  budget.elements -= count;
  if (budget.elements < 0) {
    throw modelInvalid(`${what} claims ${count} elements, which takes all arrays over ${LIMITS.arrayElements}`, {
      offsetBytes: cursor.offsetBytes - 8,
      count,
    });
  }
  const values: MetadataValue[] = [];
  for (let index = 0; index < count; index++) {
    values.push(readValue(cursor, type, `${what}[${index}]`, budget, depth));
  }
  return values;
}
