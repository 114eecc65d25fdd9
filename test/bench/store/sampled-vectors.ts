import type { Embedder } from '@supercontext/embed/embedder.ts';
import { startEmbedders } from '@supercontext/embed/start-embedders.ts';
import { defaultEmbedder } from '../../support/embedder-weights.ts';
import { type Random, seededRandom } from '../../support/random.ts';

/** Of so many texts one is embedded. */
const EVERY = 20;
/** Of each component: what comes of it has a cosine of about 0.93 to what it was. */
const NOISE = 0.035;
/** Of the noise. */
const STEPS = 65_536;
const SEED = 7;
const TEXTS_A_CALL = 32;

/** The default embedder on all cores of a small machine. */
export function benchEmbedder(): Embedder {
  const { manifest, cacheDirectory } = defaultEmbedder();
  return startEmbedders({ manifest, cacheDirectory, isBackground: false }, 2);
}

/**
 * Vectors for texts, of each all of its windows: of every twentieth its own, of those behind it the same with a little noise. What a search
 * costs depends on how many there are and on how they lie to each other; to embed 2M tokens would take minutes.
 */
export async function sampledVectors(embedder: Embedder, texts: readonly string[]): Promise<Float32Array[]> {
  const sample = texts.filter((_, at) => at % EVERY === 0);
  const calls = Array.from({ length: Math.ceil(sample.length / TEXTS_A_CALL) }, (_, at) =>
    sample.slice(at * TEXTS_A_CALL, (at + 1) * TEXTS_A_CALL),
  );
  const made: (readonly Float32Array[])[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < calls.length) {
      const at = next++;
      made[at] = await embedder.embed(calls[at] ?? []);
    }
  };
  await Promise.all([work(), work()]);
  const own = made.flat();
  const random = seededRandom(SEED);
  return texts.map((_, at) => {
    const vectors = own[Math.floor(at / EVERY)] as Float32Array;
    return at % EVERY === 0 ? vectors : nearby(vectors, embedder.dimensions, random);
  });
}

function nearby(vectors: Float32Array, dimensions: number, random: Random): Float32Array {
  const moved = vectors.map((value) => value + (random.below(STEPS) / STEPS - 0.5) * NOISE);
  for (let from = 0; from < moved.length; from += dimensions) {
    const window = moved.subarray(from, from + dimensions);
    const length = Math.hypot(...window);
    for (let at = 0; at < dimensions; at++) window[at] = (window[at] as number) / length;
  }
  return moved;
}
