import { ContractError } from '@supercontext/contract';
import type { Embedder } from '@supercontext/embed/embedder.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import type { QuestionVectors } from './question-vectors.ts';
import type { Coverage, SessionVectors } from './session-vectors.ts';
import type { VectorHit, VectorSpace } from './vector-index.ts';
import { withinMs } from './within-ms.ts';

/** So many fragments without vectors are what a turn has just brought, and worth no word. */
const WORTH_A_WORD = 32;
/** What is farther from the question than this has nothing to do with it. */
export const LEAST_SIMILARITY = 0.2;

/** Why some or all of a session could not be searched by meaning. */
export interface MeaningGap {
  readonly code: 'VECTORS_MISSING';
  readonly message: string;
}

export interface FoundByMeaning {
  /** Those near enough, the nearest first. */
  readonly hits: readonly VectorHit[];
  /** The cosine of what is nearest, near enough or not; null when nothing was compared. */
  readonly similarity: number | null;
  /** All fragments through this position have vectors; -1 when none, null when there is no embedder. */
  readonly through: number | null;
  readonly gaps: readonly MeaningGap[];
}

/** What search by meaning works with. */
export interface Meaning {
  readonly vectors: SessionVectors;
  readonly questions: QuestionVectors;
  /** The one the platform is set to; null for none. */
  readonly embedder: Embedder | null;
  /** Whether there is none because the operator said so. */
  readonly isUnwanted: boolean;
  /** An embedder by the name of its vectors, null when there is none: for sessions whose vectors another one made. */
  readonly embedderOf: (name: string) => Embedder | null;
  readonly log: Logger;
}

const NOTHING: FoundByMeaning = { hits: [], similarity: null, through: null, gaps: [] };

/**
 * The fragments of a session nearest to a question. It never fails and never holds up a search for long: what it could not do is in `gaps`.
 * While vectors of another embedder are made, those that are complete serve.
 */
export async function searchByMeaning(
  meaning: Meaning,
  { sessionId, query, first }: { readonly sessionId: string; readonly query: string; readonly first: number },
): Promise<FoundByMeaning> {
  const { embedder, isUnwanted, vectors, questions, log } = meaning;
  if (embedder === null) return isUnwanted ? NOTHING : { ...NOTHING, gaps: [gap('there is no embedder')] };
  if (query.trim() === '') return { ...NOTHING, through: (await coverageOf(meaning, sessionId))?.through ?? null };
  try {
    const choosing = servingSpace(meaning, sessionId, embedder);
    const serving = await withinMs(choosing, questions.waitMs, 'the vectors were not looked up');
    const { space, coverage } = serving;
    const gaps = coverage.lacking > WORTH_A_WORD ? [gap(`${coverage.lacking} fragments have no vectors yet`)] : [];
    if (coverage.held === 0) return { ...NOTHING, through: coverage.through, gaps };
    try {
      const vector = await questions.of(serving.embedder, query);
      const compared = await withinMs(
        vectors.search(space, vector, first),
        questions.waitMs,
        'the vectors were not compared',
      );
      const hits = compared.filter(({ similarity }) => similarity >= LEAST_SIMILARITY);
      return { hits, similarity: compared[0]?.similarity ?? null, through: coverage.through, gaps };
    } catch (error) {
      return { ...NOTHING, through: coverage.through, gaps: [...gaps, gapOf(error, log)] };
    }
  } catch (error) {
    return { ...NOTHING, through: -1, gaps: [gapOf(error, log)] };
  }
}

/** How far the vectors of the embedder the platform is set to have come; null without one, or when that cannot be known in time. */
export async function coverageOf(
  { embedder, vectors, questions, log }: Meaning,
  sessionId: string,
): Promise<Coverage | null> {
  if (embedder === null) return null;
  try {
    const coverage = vectors.coverage(spaceOf(sessionId, embedder));
    return await withinMs(coverage, questions.waitMs, 'the vectors were not looked up');
  } catch (error) {
    gapOf(error, log);
    return null;
  }
}

export function spaceOf(sessionId: string, { name, dimensions }: Embedder): VectorSpace {
  return { sessionId, model: name, dimensions };
}

interface Serving {
  readonly space: VectorSpace;
  readonly embedder: Embedder;
  readonly coverage: Coverage;
}

/** The space to search: that of the embedder the platform is set to, or one that holds more while it is being made. */
async function servingSpace({ vectors, embedderOf }: Meaning, sessionId: string, embedder: Embedder): Promise<Serving> {
  const space = spaceOf(sessionId, embedder);
  const wanted: Serving = { space, embedder, coverage: await vectors.coverage(space) };
  if (wanted.coverage.lacking <= WORTH_A_WORD) return wanted;
  let best = wanted;
  for (const other of await vectors.spaces(sessionId)) {
    const maker = other.model === embedder.name ? null : embedderOf(other.model);
    if (maker === null || maker.dimensions !== other.dimensions) continue;
    const coverage = await vectors.coverage(other);
    if (coverage.held > best.coverage.held) best = { space: other, embedder: maker, coverage };
  }
  return best;
}

function gapOf(error: unknown, log: Logger): MeaningGap {
  if (!(error instanceof ContractError)) throw error;
  if (error.code !== 'DEADLINE_EXCEEDED') log.warn({ err: error }, 'cannot search by meaning');
  return gap(`${error.code}: ${error.message}`);
}

function gap(message: string): MeaningGap {
  return { code: 'VECTORS_MISSING', message: `search by meaning: ${message}` };
}
