import { keySlot, SLOTS } from './key-slot.ts';

/** Parts that what belongs together is spread over. */
export const PARTS = 64;

const DIGITS = 3;
const SLOTS_A_PART = SLOTS / PARTS;

/**
 * A label for each part. Texts of one length that differ only in their last digits have slots that differ by the same bits
 * whatever stands before them, since CRC-16 is linear. So there are labels that put one slot of each sixty-fourth of all slots
 * under any name: with numbers from 0 on a session lies up to 1.3 times the mean on one of three masters, with these 1.03.
 */
const LABELS: readonly string[] = findLabels();

function findLabels(): string[] {
  const labels = new Array<string>(PARTS);
  for (let number = 0, found = 0; found < PARTS; number++) {
    const label = String(number).padStart(DIGITS, '0');
    const part = Math.floor(keySlot(label) / SLOTS_A_PART);
    if (labels[part] !== undefined) continue;
    labels[part] = label;
    found++;
  }
  return labels;
}

/**
 * The hash tag, with its braces, of one part of what has this name: the slots of all 64 lie evenly over all there are.
 * @param name without braces
 * @param number of the part, taken modulo 64
 */
export function spreadTag(name: string, number: number): string {
  return `{${name}.${LABELS[number % PARTS]}}`;
}

/**
 * All 64 tags of a name in the order of their slots: the first lies in the first sixty-fourth of all slots, and so on.
 * @param name without braces
 */
export function tagsInOrder(name: string): string[] {
  const tags = Array.from({ length: PARTS }, (_, part) => spreadTag(name, part));
  return tags.sort((one, other) => keySlot(one) - keySlot(other));
}
