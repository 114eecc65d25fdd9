import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { bytesOfFile } from './byte-source.ts';
import { ExternalData } from './external-data.ts';
import type { GraphKind } from './llama-attention.ts';
import { buildLlamaGraph, GRAPH_VERSION } from './llama-graph.ts';
import { type LlamaShape, llamaShape } from './llama-shape.ts';
import { LlamaWeights } from './llama-weights.ts';
import { modelInvalid } from './model-invalid.ts';
import { encodeModel } from './onnx-graph.ts';
import { readGguf } from './read-gguf.ts';
import { readVocabulary, type Vocabulary } from './vocabulary.ts';

/** Where the graphs of a model are; they share one file of weights. */
export type GraphPaths = Readonly<Record<GraphKind, string>>;

/** A model ready for ONNX Runtime. */
export interface PreparedModel {
  readonly graphs: GraphPaths;
  readonly shape: LlamaShape;
  readonly vocabulary: Vocabulary;
  /** True when this call built it, false when it was there. */
  readonly built: boolean;
}

export interface PrepareOptions {
  readonly ggufPath: string;
  /** Names the prepared files; the caller has verified that the file has this hash. */
  readonly sha256: string;
  readonly cacheDirectory: string;
}

const GRAPH_KINDS: readonly GraphKind[] = ['chunk', 'step'];
const DATA_FILE = 'weights.data';
const RECORD_FILE = 'prepared.json';

/**
 * Reads a GGUF file and builds its ONNX graphs once; idempotent. They appear in the cache whole or not at all (built
 * beside its place, then renamed), so processes may race and a killed one leaves nothing that is taken for whole.
 * Throws `MODEL_INVALID` for a file that is damaged or not understood.
 */
export function prepareModel({ ggufPath, sha256, cacheDirectory }: PrepareOptions): PreparedModel {
  const source = bytesOfFile(ggufPath);
  try {
    const file = readGguf(source);
    const shape = llamaShape(file);
    const vocabulary = readVocabulary(file.metadata);
    if (vocabulary.tokens.length !== shape.vocabulary) {
      throw modelInvalid(`it names ${vocabulary.tokens.length} tokens but embeds ${shape.vocabulary}`);
    }
    const place = join(cacheDirectory, `${sha256.slice(0, 32)}-graph${GRAPH_VERSION}`);
    const graphs = { chunk: join(place, fileOf('chunk')), step: join(place, fileOf('step')) };
    const prepared = { graphs, shape, vocabulary };
    if (isWhole(place)) return { ...prepared, built: false };

    const weights = new LlamaWeights(source, file, shape);
    const scratch = join(cacheDirectory, `.building-${randomUUID()}`);
    mkdirSync(scratch, { recursive: true });
    try {
      const data = new ExternalData(join(scratch, DATA_FILE));
      const sizes: Record<string, number> = {};
      for (const kind of GRAPH_KINDS) {
        const graph = encodeModel(buildLlamaGraph(shape, weights, { kind, sink: data }), 'supercontext');
        writeFileSync(join(scratch, fileOf(kind)), graph, { flush: true });
        sizes[fileOf(kind)] = graph.byteLength;
      }
      data.close();
      sizes[DATA_FILE] = data.sizeBytes;
      writeFileSync(join(scratch, RECORD_FILE), JSON.stringify({ sha256, sizes }), { flush: true });
      moveIntoPlace(scratch, place);
      removeOtherVersions(place);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
    return { ...prepared, built: true };
  } finally {
    source.close();
  }
}

function fileOf(kind: GraphKind): string {
  return `${kind}.onnx`;
}

/** Graphs of the same weights that other versions built; a process that has them open keeps them until it ends. */
function removeOtherVersions(place: string): void {
  const weights = basename(place).replace(/\d+$/, '');
  for (const name of readdirSync(dirname(place))) {
    if (!name.startsWith(weights) || name === basename(place)) continue;
    rmSync(join(dirname(place), name), { recursive: true, force: true });
  }
}

/** Whether every file is there in its recorded size: a cache cleaner or a full disk may have taken a part. */
function isWhole(place: string): boolean {
  try {
    const record: unknown = JSON.parse(readFileSync(join(place, RECORD_FILE), 'utf8'));
    if (typeof record !== 'object' || record === null || !('sizes' in record)) return false;
    const sizes = Object.entries(record.sizes as Readonly<Record<string, unknown>>);
    return sizes.length > 0 && sizes.every(([name, size]) => statSync(join(place, name)).size === size);
  } catch {
    return false;
  }
}

function moveIntoPlace(scratch: string, place: string): void {
  if (existsSync(place) && !isWhole(place)) rmSync(place, { recursive: true, force: true });
  try {
    renameSync(scratch, place);
  } catch (error) {
    // Another process was faster: its result is the same.
    if (!isWhole(place)) throw error;
  }
}
