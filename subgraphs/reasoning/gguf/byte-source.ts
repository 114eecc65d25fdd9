import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { modelInvalid } from './model-invalid.ts';

/** Random access to the bytes of a model file, wherever they are. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** A copy of exactly `lengthBytes` bytes; throws `MODEL_INVALID` when they are not all there. */
  read(offsetBytes: number, lengthBytes: number): Uint8Array;
  /** Idempotent. */
  close(): void;
}

function checkRange(sizeBytes: number, offsetBytes: number, lengthBytes: number): void {
  const whole = Number.isSafeInteger(offsetBytes) && Number.isSafeInteger(lengthBytes);
  if (!whole || offsetBytes < 0 || lengthBytes < 0 || offsetBytes + lengthBytes > sizeBytes) {
    throw modelInvalid(`it ends before ${lengthBytes} more bytes could be read; the file has ${sizeBytes} bytes`, {
      offsetBytes,
      sizeBytes,
    });
  }
}

export function bytesInMemory(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.byteLength,
    read(offsetBytes, lengthBytes) {
      checkRange(bytes.byteLength, offsetBytes, lengthBytes);
      return bytes.slice(offsetBytes, offsetBytes + lengthBytes);
    },
    close() {},
  };
}

/** The bytes of several sources as those of one, the first ones first. Closes them all. */
export function bytesInTurn(sources: readonly ByteSource[]): ByteSource {
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  const sizeBytes = sources.reduce((sum, source) => sum + source.sizeBytes, 0);
  return {
    sizeBytes,
    read(offsetBytes, lengthBytes) {
      checkRange(sizeBytes, offsetBytes, lengthBytes);
      let start = 0;
      for (const source of sources) {
        const within = offsetBytes - start;
        // A tensor lies in one file as a whole.
        if (within < source.sizeBytes) return source.read(within, lengthBytes);
        start += source.sizeBytes;
      }
      return new Uint8Array(0);
    },
    close() {
      for (const source of sources) source.close();
    },
  };
}

/** Opens a file for reading; throws `MODEL_INVALID` when there is none. The caller closes it. */
export function bytesOfFile(path: string): ByteSource {
  let descriptor: number | undefined;
  let sizeBytes: number;
  try {
    // Without waiting: the open of a FIFO would last until somebody writes to it.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = fstatSync(descriptor);
    if (status.isDirectory()) throw modelInvalid('it is a folder, not a file');
    if (!status.isFile()) throw modelInvalid('it is not a regular file');
    sizeBytes = status.size;
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    if (error instanceof Error && 'syscall' in error) throw modelInvalid(`it cannot be opened: ${error.message}`);
    throw error;
  }
  let open: number | undefined = descriptor;
  return {
    sizeBytes,
    read(offsetBytes, lengthBytes) {
      checkRange(sizeBytes, offsetBytes, lengthBytes);
      if (open === undefined) throw modelInvalid('it was closed while being read');
      const bytes = new Uint8Array(lengthBytes);
      let done = 0;
      while (done < lengthBytes) {
        const count = readSync(open, bytes, done, lengthBytes - done, offsetBytes + done);
        if (count === 0) throw modelInvalid('it became shorter while being read', { offsetBytes: offsetBytes + done });
        done += count;
      }
      return bytes;
    },
    close() {
      if (open === undefined) return;
      closeSync(open);
      open = undefined;
    },
  };
}
