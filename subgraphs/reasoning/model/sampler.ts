import { randomInt } from 'node:crypto';
import { ContractError } from '@supercontext/contract';
import type { Sampling } from './language-model.ts';
import { seededRandom } from './random.ts';

interface Candidate {
  readonly token: number;
  readonly weight: number;
}

/** Draws the tokens of one answer. */
export class Sampler {
  readonly #sampling: Sampling;
  readonly #random: () => number;
  readonly #said = new Set<number>();

  constructor(sampling: Sampling) {
    this.#sampling = sampling;
    this.#random = seededRandom(sampling.seed ?? randomInt(2 ** 47));
  }

  /** The next token; overwrites `logits`. Throws `MODEL_FAILED` when one is no number, or there is no finite maximum. */
  next(logits: Float32Array): number {
    this.#penalise(logits);
    const likeliest = indexOfLargest(logits);
    const { temperature, topP } = this.#sampling;
    const token = temperature === 0 ? likeliest : this.#draw(logits, likeliest, temperature, topP);
    this.#said.add(token);
    return token;
  }

  #penalise(logits: Float32Array): void {
    const { repetitionPenalty } = this.#sampling;
    if (repetitionPenalty === 1) return;
    for (const token of this.#said) {
      const logit = logits[token] ?? 0;
      logits[token] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
    }
  }

  #draw(logits: Float32Array, likeliest: number, temperature: number, topP: number): number {
    const largest = logits[likeliest] ?? 0;
    let sum = 0;
    for (let token = 0; token < logits.length; token++) {
      const weight = Math.exp(((logits[token] ?? 0) - largest) / temperature);
      logits[token] = weight;
      sum += weight;
    }
    const candidates = nucleus(logits, sum, topP);
    let rest = this.#random() * candidates.reduce((total, { weight }) => total + weight, 0);
    for (const { token, weight } of candidates) {
      rest -= weight;
      if (rest < 0) return token;
    }
    return candidates.at(-1)?.token ?? likeliest;
  }
}

/** The smallest set of likeliest tokens whose weights reach `topP` of the sum, likeliest first. */
function nucleus(weights: Float32Array, sum: number, topP: number): readonly Candidate[] {
  // All tokens under this weight together stay under 1 - topP, so none of them can be in the set: few are left to sort.
  const floor = topP < 1 ? (sum * (1 - topP)) / weights.length : 0;
  const candidates: Candidate[] = [];
  for (let token = 0; token < weights.length; token++) {
    const weight = weights[token] ?? 0;
    if (weight > floor) candidates.push({ token, weight });
  }
  if (topP >= 1) return candidates;
  candidates.sort((a, b) => b.weight - a.weight || a.token - b.token);
  let reached = 0;
  const count = candidates.findIndex(({ weight }) => {
    reached += weight;
    return reached >= topP * sum;
  });
  return count < 0 ? candidates : candidates.slice(0, count + 1);
}

function indexOfLargest(values: Float32Array): number {
  let at = 0;
  let largest = values[0] ?? Number.NaN;
  let isNumber = true;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (Number.isNaN(value)) isNumber = false;
    if (value > largest) {
      largest = value;
      at = index;
    }
  }
  if (!isNumber || !Number.isFinite(largest))
    throw new ContractError('MODEL_FAILED', 'the model computed no finite logits');
  return at;
}
