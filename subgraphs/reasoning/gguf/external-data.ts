import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import type { TensorSink } from './onnx-graph.ts';

const ALIGNMENT_BYTES = 4_096;

/** The file beside a model that holds its large tensors, each on a page of its own so that it can be mapped. */
export class ExternalData implements TensorSink {
  readonly location: string;
  readonly #descriptor: number;
  #sizeBytes = 0;

  constructor(path: string) {
    this.location = basename(path);
    this.#descriptor = openSync(path, 'w');
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  append(bytes: Uint8Array): { readonly offsetBytes: number; readonly lengthBytes: number } {
    const padding = (ALIGNMENT_BYTES - (this.#sizeBytes % ALIGNMENT_BYTES)) % ALIGNMENT_BYTES;
    this.#write(new Uint8Array(padding));
    const offsetBytes = this.#sizeBytes;
    this.#write(bytes);
    return { offsetBytes, lengthBytes: bytes.byteLength };
  }

  /** Durable once this returns. */
  close(): void {
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
  }

  #write(bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.byteLength) done += writeSync(this.#descriptor, bytes, done, bytes.byteLength - done);
    this.#sizeBytes += bytes.byteLength;
  }
}
