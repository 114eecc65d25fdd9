import { startEmbedder } from '@supercontext/embed/start-embedder.ts';
import { defaultEmbedder, whyNoEmbedder } from '../../support/embedder-weights.ts';
import type { Ranking } from '../peer.ts';

const MAXIMUM_HITS = 400;
/** Texts in one call of the embedder. */
const BATCH_TEXTS = 32;

/** Why it cannot be asked here; null when it can. */
export const missing = whyNoEmbedder;

/**
 * all-MiniLM-L6-v2 by itself: each text by its window that is nearest to the question, exactly, without words or what stands around it. The
 * platform's own weights and windows, so that the difference is the search.
 */
export async function rank(texts: readonly string[]): Promise<Ranking> {
  const { manifest, cacheDirectory } = defaultEmbedder();
  const embedder = startEmbedder({ manifest, cacheDirectory, isBackground: false });
  const { dimensions } = embedder;
  const vectors: Float32Array[] = [];
  for (let at = 0; at < texts.length; at += BATCH_TEXTS) {
    vectors.push(...(await embedder.embed(texts.slice(at, at + BATCH_TEXTS))));
  }
  return async (question) => {
    const [asked = new Float32Array(dimensions)] = await embedder.embed([question]);
    return vectors
      .map((windows, at) => ({ at, similarity: nearest(windows, asked.subarray(0, dimensions)) }))
      .sort((one, other) => other.similarity - one.similarity)
      .slice(0, MAXIMUM_HITS)
      .map(({ at }) => at);
  };
}

function nearest(windows: Float32Array, vector: Float32Array): number {
  let best = -1;
  for (let from = 0; from < windows.length; from += vector.length) {
    let similarity = 0;
    for (let at = 0; at < vector.length; at += 1) similarity += (windows[from + at] ?? 0) * (vector[at] ?? 0);
    best = Math.max(best, similarity);
  }
  return best;
}
