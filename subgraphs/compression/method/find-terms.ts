const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a about above after again all also am an and any are as at be because been before being below between both but by can could ' +
    'did do does doing down during each few for from further had has have having he her here hers him his how i if in into is it ' +
    'its just know like me mean more most my no nor not now of off ok okay on once one only or other our out over own really right ' +
    'same she so some such than that the their them then there these they thing things think this those through to too under uh ' +
    'um until up us use very was we well were what when where which while who whom why will with would yeah yes you your ' +
    'const let var return function true false null undefined this new import export default async await string number boolean'
  ).split(' '),
);

export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word.toLowerCase());
}

const SHORTEST_TERM = 3;

/**
 * The terms of a piece of text, in order, with repetitions: words of three characters or more in lower case without
 * their commonest endings, and numbers. A letter outside ASCII counts as part of a word, so every script has terms.
 */
export function findTerms(text: string): string[] {
  return findWords(text)
    .map(termOf)
    .filter((term) => term !== null);
}

/** The words of a piece of text as they stand there. */
export function findWords(text: string): string[] {
  const words: string[] = [];
  let start = -1;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && isWordCharacter(text.charCodeAt(at))) {
      if (start < 0) start = at;
    } else if (start >= 0) {
      words.push(text.slice(start, at));
      start = -1;
    }
  }
  return words;
}

function isWordCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    (code >= 0xc0 && !(code >= 0x2000 && code <= 0x206f))
  );
}

/** The term of a word, null for a stop word. */
export function termOf(word: string): string | null {
  const lower = word.toLowerCase();
  if (/^\d/.test(lower)) return lower;
  if (lower.length < SHORTEST_TERM && lower.charCodeAt(0) < 128) return null;
  if (STOP_WORDS.has(lower)) return null;
  return stem(lower);
}

/** Folds plurals and the commonest verb endings: light on purpose, so that no two different words become one. */
function stem(word: string): string {
  if (word.length < 5)
    return word.length === 4 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (word.endsWith('ing') && word.length >= 7) return word.slice(0, -3);
  if (word.endsWith('ed') && word.length >= 6) return word.slice(0, -2);
  if (word.endsWith('es') && /(?:ch|sh|x|z|s)es$/.test(word)) return word.slice(0, -2);
  if (word.endsWith('s') && !word.endsWith('ss') && !word.endsWith('us') && !word.endsWith('is'))
    return word.slice(0, -1);
  return word;
}
