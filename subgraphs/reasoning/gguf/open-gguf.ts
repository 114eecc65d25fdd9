import { basename, dirname, join } from 'node:path';
import { type ByteSource, bytesInTurn, bytesOfFile } from './byte-source.ts';
import type { MetadataValue } from './gguf-metadata.ts';
import { modelInvalid } from './model-invalid.ts';
import { type GgufFile, readGguf, type TensorInfo } from './read-gguf.ts';

/** A model file that is open, or all the files of one that is split. The caller closes `source`. */
export interface OpenGguf extends GgufFile {
  /** All files one after another; the tensors' offsets are in it. */
  readonly source: ByteSource;
}

const PART_NAME = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/;
const MOST_PARTS = 1_000;

/** The files of the model that one file belongs to, in order: itself, unless its name is that of a part. */
export function partPaths(path: string): readonly string[] {
  const found = PART_NAME.exec(basename(path));
  const [, name = '', part = '', of = ''] = found ?? [];
  const count = Number(of);
  if (found === null || count < 1 || count > MOST_PARTS || Number(part) < 1 || Number(part) > count) return [path];
  return Array.from({ length: count }, (_, index) =>
    join(dirname(path), `${name}-${String(index + 1).padStart(5, '0')}-of-${of}.gguf`),
  );
}

/**
 * Opens a model file and reads everything but the weights, of all its parts where it is split. Throws `MODEL_INVALID` for a file
 * that is missing, damaged or not understood, naming the part.
 */
export function openGguf(path: string): OpenGguf {
  const paths = partPaths(path);
  const sources: ByteSource[] = [];
  try {
    const parts = paths.map((part, index) => {
      try {
        const source = bytesOfFile(part);
        sources.push(source);
        const file = readGguf(source);
        checkPart(file.metadata, index, paths.length);
        return file;
      } catch (error) {
        if (paths.length === 1 || !(error instanceof Error)) throw error;
        throw modelInvalid(`part ${index + 1} of ${paths.length}, ${basename(part)}: ${error.message}`);
      }
    });
    const tensors = new Map<string, TensorInfo>();
    let start = 0;
    parts.forEach((part, index) => {
      for (const [name, tensor] of part.tensors) {
        if (tensors.has(name)) throw modelInvalid(`tensor '${name}' appears twice`);
        tensors.set(name, { ...tensor, offsetBytes: start + tensor.offsetBytes });
      }
      start += sources[index]?.sizeBytes ?? 0;
    });
    const metadata = parts[0]?.metadata ?? new Map<string, MetadataValue>();
    const promised = metadata.get('split.tensors.count');
    if (paths.length > 1 && promised !== undefined && promised !== tensors.size) {
      throw modelInvalid(`its parts have ${tensors.size} tensors together, not ${String(promised)}`);
    }
    return { source: bytesInTurn(sources), metadata, tensors };
  } catch (error) {
    for (const source of sources) source.close();
    throw error;
  }
}

function checkPart(metadata: ReadonlyMap<string, MetadataValue>, index: number, count: number): void {
  const told = metadata.get('split.count') ?? 1;
  if (told !== count) {
    const hint = count === 1 ? '; the files of a split model keep their names (NAME-00001-of-00003.gguf)' : '';
    throw modelInvalid(`it is split into ${String(told)} files, not ${count}${hint}`);
  }
  const number = metadata.get('split.no') ?? 0;
  if (count > 1 && number !== index) throw modelInvalid(`it says it is part ${Number(number) + 1}`);
}
