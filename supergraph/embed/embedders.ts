import { ContractError } from '@supercontext/contract';
import manifest from './embedders.json' with { type: 'json' };
import type { WeightsFile, WeightsSource } from './weights/weights-source.ts';

/** Of the graph, the tokenizer and how a text is cut into windows: with another one the same text has another vector. */
export const EMBEDDING_VERSION = 1;

/** One embedder the platform can run: a text model of the BERT family whose vector is the mean over its word pieces. */
export interface EmbedderManifest {
  readonly id: string;
  readonly licence: string;
  readonly dimensions: number;
  /** Of its attention. */
  readonly heads: number;
  /** At most, in one window, the two that mark its ends among them. */
  readonly windowPieces: number;
  readonly weights: WeightsFile;
  readonly vocabulary: WeightsFile;
}

/** The embedders of `embedders.json`, the default first. */
export const EMBEDDERS: readonly EmbedderManifest[] = manifest.embedders.map(
  ({ id, licence, dimensions, heads, windowPieces, files: { weights, vocabulary } }) => ({
    id,
    licence,
    dimensions,
    heads,
    windowPieces,
    weights: { id, ...weights, sources: weights.sources as readonly WeightsSource[] },
    vocabulary: { id: `${id} (vocabulary)`, ...vocabulary, sources: vocabulary.sources as readonly WeightsSource[] },
  }),
);

/** What vectors are kept under: those of two names are never compared. */
export function embeddingName({ id }: Pick<EmbedderManifest, 'id'>): string {
  return `${id}.${EMBEDDING_VERSION}`;
}

/** The embedder that makes vectors of this name, null when none of this version does. */
export function embedderOf(name: string): EmbedderManifest | null {
  return EMBEDDERS.find((one) => embeddingName(one) === name) ?? null;
}

/** @throws ContractError MODEL_UNKNOWN naming the known ids */
export function findEmbedder(id: string): EmbedderManifest {
  const found = EMBEDDERS.find((one) => one.id === id);
  if (found !== undefined) return found;
  const known = EMBEDDERS.map((one) => one.id).join(', ');
  throw new ContractError('MODEL_UNKNOWN', `no embedder '${id}' in embedders.json; known are: ${known}`);
}
