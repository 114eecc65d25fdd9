const A = 97;
const D = 100;
const E = 101;
const G = 103;
const I = 105;
const N = 110;
const O = 111;
const S = 115;
const U = 117;
const Y = 121;
const Z = 122;

const isVowel = (unit: number): boolean =>
  unit === A || unit === E || unit === I || unit === O || unit === U || unit === Y;

/**
 * Cuts the inflections of English from the word at `units[from..to)` (lower case), in place, and returns its new end (the only letter it
 * ever changes is the third last):
 * plurals, -ed, -ing, and then a final e or doubled consonant, so that make, makes and making meet. It never makes words
 * of different meaning out of derivations (-ion, -er, -ness stay): a light stemmer costs no precision in code.
 * Words with anything but a-z, and words under four letters, stay as they are.
 */
export function stem(units: Uint16Array, from: number, to: number): number {
  if (to - from < 4) return to;
  for (let at = from; at < to; at++) {
    const unit = units[at] as number;
    if (unit < A || unit > Z) return to;
  }
  const singular = cutPlural(units, from, to);
  const present = cutPastAndProgressive(units, from, singular);
  return cutEnding(units, from, present);
}

function cutPlural(units: Uint16Array, from: number, to: number): number {
  if (units[to - 1] !== S) return to;
  const before = units[to - 2] as number;
  if (before === S || before === U || before === I) return to;
  if (before !== E) return to - 1;
  const third = units[to - 3] as number;
  if (third === I && to - from > 4) {
    units[to - 3] = Y;
    return to - 2;
  }
  return to - 1;
}

function cutPastAndProgressive(units: Uint16Array, from: number, to: number): number {
  if (units[to - 1] === D && units[to - 2] === E) {
    const third = units[to - 3] as number;
    if (third === E) return to;
    if (third === I && to - from > 4) {
      units[to - 3] = Y;
      return to - 2;
    }
    return holdsWord(units, from, to - 2) ? to - 2 : to;
  }
  if (units[to - 1] === G && units[to - 2] === N && units[to - 3] === I) {
    return holdsWord(units, from, to - 3) ? to - 3 : to;
  }
  return to;
}

/** Whether what is left can be a word: "string" must not become "str". */
function holdsWord(units: Uint16Array, from: number, to: number): boolean {
  if (to - from < 3) return false;
  for (let at = from; at < to; at++) if (isVowel(units[at] as number)) return true;
  return false;
}

function cutEnding(units: Uint16Array, from: number, to: number): number {
  if (to - from < 4) return to;
  const end = units[to - 1] === E ? to - 1 : to;
  const last = units[end - 1] as number;
  const isDoubled = end - from >= 4 && last === units[end - 2] && !isVowel(last);
  return isDoubled ? end - 1 : end;
}
