import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractError } from '@supercontext/contract';
import type { EmbedderManifest } from './embedders.ts';
import { quantiseRows } from './quantise-columns.ts';
import { openSafetensors, type Tensor } from './read-safetensors.ts';
import { isWhole, prepareFolder } from './weights/prepared-folder.ts';
import { cachedPath } from './weights/weights-cache.ts';

/** What an embedder knows of words by themselves, before it has read a text: those of like meaning lie near each other. */
export interface WordVectors {
  readonly words: readonly string[];
  readonly dimensions: number;
  /** Row by row in their order; the rows are of different lengths. */
  readonly values: Int8Array;
}

/** Of how they are made: those of another version are made again. */
const WORDS_VERSION = 1;
const WORDS_FILE = 'words.txt';
const VECTORS_FILE = 'vectors.bin';
/** Pieces that go on within a word say nothing, shorter ones little. */
const WHOLE_WORD = /^\p{L}{3,}$/u;

/**
 * Takes the vectors of whole words out of an embedder's weights in the cache, once; true when this call did. The caller has verified that
 * the weights have the hash of the manifest. @throws ContractError MODEL_INVALID
 */
export function prepareWordVectors(manifest: EmbedderManifest, cacheDirectory: string): boolean {
  const build = (folder: string): Readonly<Record<string, number>> => {
    const file = openSafetensors(cachedPath(cacheDirectory, manifest.weights));
    try {
      const vocabulary = readFileSync(cachedPath(cacheDirectory, manifest.vocabulary), 'utf8').split(/\r?\n/);
      const { words, values } = wholeWords(file.read('embeddings.word_embeddings.weight', 2), vocabulary);
      const text = words.join('\n');
      writeFileSync(join(folder, WORDS_FILE), text, { flush: true });
      writeFileSync(join(folder, VECTORS_FILE), values, { flush: true });
      return { [WORDS_FILE]: Buffer.byteLength(text), [VECTORS_FILE]: values.byteLength };
    } finally {
      file.close();
    }
  };
  return prepareFolder({ place: placeOf(manifest, cacheDirectory), sha256: manifest.weights.sha256, build });
}

/** The vectors of an embedder's words; null where set-up has not made them. @throws ContractError MODEL_INVALID */
export function readWordVectors(manifest: EmbedderManifest, cacheDirectory: string): WordVectors | null {
  const place = placeOf(manifest, cacheDirectory);
  if (!isWhole(place)) return null;
  const words = readFileSync(join(place, WORDS_FILE), 'utf8').split('\n');
  const bytes = readFileSync(join(place, VECTORS_FILE));
  if (bytes.byteLength !== words.length * manifest.dimensions)
    throw new ContractError(
      'MODEL_INVALID',
      `the vectors of ${manifest.id}'s words are not ${manifest.dimensions} wide`,
    );
  return {
    words,
    dimensions: manifest.dimensions,
    values: new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  };
}

/** Without what all words have in common, which would make each like every other. */
function wholeWords({ shape, values }: Tensor, vocabulary: readonly string[]): WordVectors {
  const [pieces = 0, dimensions = 0] = shape;
  const rows = vocabulary.slice(0, pieces).flatMap((piece, id) => (WHOLE_WORD.test(piece) ? [id] : []));
  const chosen = new Float32Array(rows.length * dimensions);
  const mean = new Float64Array(dimensions);
  for (const [at, id] of rows.entries()) {
    for (let column = 0; column < dimensions; column++) {
      const value = values[id * dimensions + column] as number;
      chosen[at * dimensions + column] = value;
      mean[column] = (mean[column] as number) + value / rows.length;
    }
  }
  for (let at = 0; at < chosen.length; at++) chosen[at] = (chosen[at] as number) - (mean[at % dimensions] as number);
  const quantised = quantiseRows(chosen, rows.length, dimensions);
  return { words: rows.map((id) => vocabulary[id] as string), dimensions, values: quantised.values };
}

function placeOf({ weights }: EmbedderManifest, cacheDirectory: string): string {
  return join(cacheDirectory, `${weights.sha256.slice(0, 32)}-words${WORDS_VERSION}`);
}
