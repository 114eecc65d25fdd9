import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExternalData } from '@supercontext/embed/onnx/external-data.ts';
import { encodeModel } from '@supercontext/embed/onnx/onnx-graph.ts';
import { prepareFolder } from '@supercontext/embed/weights/prepared-folder.ts';
import { factsOf } from './inspect-model.ts';
import type { GraphKind } from './llama-attention.ts';
import { buildLlamaGraph, GRAPH_VERSION } from './llama-graph.ts';
import type { LlamaShape } from './llama-shape.ts';
import { LlamaWeights } from './llama-weights.ts';
import { openGguf } from './open-gguf.ts';
import type { Precision } from './precision.ts';
import type { Vocabulary } from './vocabulary.ts';

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
  readonly precision?: Precision;
}

const GRAPH_KINDS: readonly GraphKind[] = ['chunk', 'step'];
const DATA_FILE = 'weights.data';

/**
 * Reads a GGUF file and builds its ONNX graphs once; idempotent, and safe from races: see `prepareFolder`.
 * Throws `MODEL_INVALID` for a file that is damaged or not understood.
 */
export function prepareModel({ ggufPath, sha256, cacheDirectory, precision = 'float' }: PrepareOptions): PreparedModel {
  const file = openGguf(ggufPath);
  const { source } = file;
  try {
    const { shape, vocabulary } = factsOf(file);
    const variant = precision === 'float' ? 'graph' : 'half-graph';
    const place = join(cacheDirectory, `${sha256.slice(0, 32)}-${variant}${GRAPH_VERSION}`);
    const graphs = { chunk: join(place, fileOf('chunk')), step: join(place, fileOf('step')) };
    const prepared = { graphs, shape, vocabulary };
    const build = (folder: string): Readonly<Record<string, number>> => {
      const weights = new LlamaWeights(source, file, shape);
      const data = new ExternalData(join(folder, DATA_FILE));
      const sizes: Record<string, number> = {};
      for (const kind of GRAPH_KINDS) {
        const graph = encodeModel(buildLlamaGraph(shape, weights, { kind, precision, sink: data }), 'supercontext');
        writeFileSync(join(folder, fileOf(kind)), graph, { flush: true });
        sizes[fileOf(kind)] = graph.byteLength;
      }
      data.close();
      sizes[DATA_FILE] = data.sizeBytes;
      return sizes;
    };
    return { ...prepared, built: prepareFolder({ place, sha256, build }) };
  } finally {
    source.close();
  }
}

function fileOf(kind: GraphKind): string {
  return `${kind}.onnx`;
}
