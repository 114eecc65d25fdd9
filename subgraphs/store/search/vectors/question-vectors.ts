import { hash as hashOf } from 'node:crypto';
import { ContractError } from '@supercontext/contract';
import type { Embedder } from '@supercontext/embed/embedder.ts';
import { safeCut } from '@supercontext/text/safe-cut.ts';
import { withinMs } from './within-ms.ts';

/** UTF-16 units of the beginning and of the end of a question that are embedded: together about what one window holds. */
const END_UNITS = 600;
/** A cut is moved by so many units at most, so that it parts no word. */
const CUT_UNITS = 100;
/** Vectors of questions at hand: 1.5 KB each. */
const MOST_REMEMBERED = 1_000;

/**
 * The vectors of questions, each embedded once while it is remembered. A question that is asked while it is being embedded waits for the
 * same vector.
 */
export class QuestionVectors {
  readonly waitMs: number;
  /** By embedder and question; in order of last use. */
  readonly #remembered = new Map<string, Float32Array>();
  readonly #underway = new Map<string, Promise<Float32Array>>();

  /** @param options.waitMs How long a search waits for the vector of its question */
  constructor({ waitMs }: { readonly waitMs: number }) {
    this.waitMs = waitMs;
  }

  /**
   * The vector of a question; one that comes too late for this search is there for the next.
   * @throws ContractError DEADLINE_EXCEEDED, or what the embedder throws
   */
  async of(embedder: Embedder, question: string): Promise<Float32Array> {
    const text = endsOf(question);
    const key = `${embedder.name} ${hashOf('sha256', text)}`;
    const known = this.#remembered.get(key);
    if (known !== undefined) {
      this.#remembered.delete(key);
      this.#remembered.set(key, known);
      return known;
    }
    const underway = this.#underway.get(key) ?? this.#begin(embedder, text, key);
    return withinMs(underway, this.waitMs, 'the question was not embedded');
  }

  #begin(embedder: Embedder, text: string, key: string): Promise<Float32Array> {
    const made = this.#make(embedder, text, key).finally(() => this.#underway.delete(key));
    this.#underway.set(key, made);
    // Whoever waited may have left.
    made.catch(() => {});
    return made;
  }

  async #make(embedder: Embedder, text: string, key: string): Promise<Float32Array> {
    const [windows] = await embedder.embed([text]);
    const vector = windows?.slice(0, embedder.dimensions);
    if (vector?.length !== embedder.dimensions) throw new ContractError('MODEL_FAILED', 'the embedder made no vector');
    this.#remembered.set(key, vector);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= MOST_REMEMBERED) break;
      this.#remembered.delete(oldest);
    }
    return vector;
  }
}

/** A long question without its middle: what is asked stands at its beginning, or at its end below what was pasted. */
function endsOf(question: string): string {
  if (question.length <= 2 * END_UNITS) return question;
  const latest = question.length - END_UNITS;
  const beginning = question.slice(0, safeCut(question, END_UNITS, 0));
  const end = question.slice(safeCut(question, latest + CUT_UNITS, latest, latest - CUT_UNITS));
  return `${beginning} ${end}`.toWellFormed();
}
