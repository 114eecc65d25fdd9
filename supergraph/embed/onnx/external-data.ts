import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import type { TensorSink } from './onnx-graph.ts';

const ALIGNMENT_BYTES = 4_096;

interface Place {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** The file beside graphs that holds their large tensors, each on a page of its own so that it can be mapped. */
export class ExternalData implements TensorSink {
  readonly location: string;
  readonly #descriptor: number;
  readonly #places = new Map<string, Place>();
  #sizeBytes = 0;

  constructor(path: string) {
    this.location = basename(path);
    this.#descriptor = openSync(path, 'w');
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  append(name: string, bytes: Uint8Array): Place {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const padding = (ALIGNMENT_BYTES - (this.#sizeBytes % ALIGNMENT_BYTES)) % ALIGNMENT_BYTES;
    this.#write(new Uint8Array(padding));
    const offsetBytes = this.#sizeBytes;
    this.#write(bytes);
    const place = { offsetBytes, lengthBytes: bytes.byteLength };
    this.#places.set(name, place);
    return place;
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
