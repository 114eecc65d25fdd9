import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ContractError } from '@supercontext/contract';

const LENGTH_BYTES = 8;
/** A header names a few hundred tensors. */
const MOST_HEADER_BYTES = 16 * 1024 * 1024;

export interface Tensor {
  readonly shape: readonly number[];
  /** Row by row. */
  readonly values: Float32Array;
}

interface Place {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** An open file of weights; tensors are read when they are asked for. */
export interface Safetensors {
  readonly names: readonly string[];
  /** @throws ContractError MODEL_INVALID when it is not there, not of 32-bit floats, or not of this many dimensions */
  read(name: string, dimensions: number): Tensor;
  close(): void;
}

/**
 * Opens a file of the safetensors format: eight bytes with the length of a JSON header (name -> type, shape, place), then the data.
 * @throws ContractError MODEL_INVALID for a file that is none, or whose header names places outside of it
 */
export function openSafetensors(path: string): Safetensors {
  const descriptor = openSync(path, 'r');
  try {
    const sizeBytes = fstatSync(descriptor).size;
    const headerBytes = Number(readAt(descriptor, 0, Math.min(LENGTH_BYTES, sizeBytes)).readBigUInt64LE(0));
    const dataFrom = LENGTH_BYTES + headerBytes;
    if (headerBytes > MOST_HEADER_BYTES || dataFrom > sizeBytes) throw invalid('its header is longer than the file');
    const header = JSON.parse(readAt(descriptor, LENGTH_BYTES, headerBytes).toString('utf8')) as Record<string, Place>;
    return {
      names: Object.keys(header).filter((name) => name !== '__metadata__'),
      read(name, dimensions) {
        const place = header[name];
        if (place === undefined) throw invalid(`it has no tensor ${name}`);
        const { dtype, shape } = place;
        const [from, to] = place.data_offsets;
        const count = shape.reduce((product, length) => product * length, 1);
        const isWhole = dtype === 'F32' && shape.length === dimensions && to - from === count * 4;
        if (!isWhole || from < 0 || dataFrom + to > sizeBytes) {
          throw invalid(`tensor ${name} is ${dtype} [${shape.join(', ')}] at ${from} to ${to}`);
        }
        // Copied, since its place in the file need not be one where floats may lie.
        const bytes = Uint8Array.from(readAt(descriptor, dataFrom + from, to - from));
        return { shape, values: new Float32Array(bytes.buffer) };
      },
      close: () => closeSync(descriptor),
    };
  } catch (error) {
    closeSync(descriptor);
    if (error instanceof ContractError) throw error;
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

function readAt(descriptor: number, position: number, lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  for (let done = 0; done < lengthBytes; ) {
    const read = readSync(descriptor, bytes, done, lengthBytes - done, position + done);
    if (read === 0) throw invalid('it ends early');
    done += read;
  }
  return bytes;
}

function invalid(what: string): ContractError {
  return new ContractError('MODEL_INVALID', `weights refused: ${what}`);
}
