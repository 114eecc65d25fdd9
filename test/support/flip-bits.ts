import { readFileSync, writeFileSync } from 'node:fs';
import { ContractError } from '@supercontext/contract';

/** A seeded source of numbers in [0, 1): the same seed, the same damage. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Copies a file with one to eight of its bits flipped, anywhere in it. */
export function copyFlipped(from: string, to: string, seed: number): void {
  const random = randomOf(seed);
  const bytes = readFileSync(from);
  const flips = 1 + Math.floor(random() * 8);
  for (let flip = 0; flip < flips; flip++) {
    const bit = Math.floor(random() * bytes.length * 8);
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
  }
  writeFileSync(to, bytes);
}

/** What one question to a file came to. */
export type Answer = { readonly value: unknown } | { readonly code: string; readonly error: unknown };

/** Asks all questions, each for itself: what one comes to does not keep the others from being asked. */
export async function answersOf(
  questions: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = {};
  for (const [question, ask] of Object.entries(questions)) {
    try {
      answers[question] = { value: await ask() };
    } catch (error) {
      answers[question] = { code: error instanceof ContractError ? error.code : 'INTERNAL', error };
    }
  }
  return answers;
}
