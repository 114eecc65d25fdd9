import { normalize } from './normalize.ts';

const MARKS = /\p{M}+/gu;

/** Text as names and titles are looked up: in one form, without case and without the marks over and under its letters. Linear. */
export function fold(text: string): string {
  return normalize(text).toLowerCase().normalize('NFD').replace(MARKS, '').normalize('NFC');
}
