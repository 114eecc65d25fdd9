import { ContractError } from '@supercontext/contract';
import { type FragmentVectors, MOST_FRAGMENTS, type VectorSpace } from './vector-index.ts';

/** Signs are kept 32 to a word. */
const WORD_BITS = 32;
/** Windows of one fragment: as many as one byte says. */
const MOST_WINDOWS = 255;

/** @throws ContractError INPUT_INVALID for dimensions that no implementation keeps */
export function checkSpace({ dimensions }: VectorSpace): void {
  if (dimensions > 0 && dimensions % WORD_BITS === 0) return;
  throw invalid(`${dimensions} dimensions: expected a multiple of ${WORD_BITS}`);
}

/** @throws ContractError INPUT_INVALID for what every implementation refuses */
export function checkEntries({ dimensions }: VectorSpace, entries: readonly FragmentVectors[]): void {
  if (entries.length > MOST_FRAGMENTS) throw invalid(`at most ${MOST_FRAGMENTS} fragments, got ${entries.length}`);
  for (const { position, vectors } of entries) {
    const windows = vectors.length / dimensions;
    if (!Number.isInteger(windows) || windows < 1 || windows > MOST_WINDOWS) {
      throw invalid(`position ${position}: ${vectors.length} components are no windows of ${dimensions}`);
    }
    if (!vectors.every(Number.isFinite)) throw invalid(`position ${position}: a component is no number`);
  }
}

/** @throws ContractError INPUT_INVALID for the vector of a question that is not of this space */
export function checkVector({ dimensions }: VectorSpace, vector: Float32Array): void {
  if (vector.length === dimensions) return;
  throw invalid(`a question of ${vector.length} components, in a space of ${dimensions}`);
}

function invalid(message: string): ContractError {
  return new ContractError('INPUT_INVALID', `vectors: ${message}`, { argument: 'vectors' });
}
