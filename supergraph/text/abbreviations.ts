/** Ends in a dot, but ends no sentence. */
const ABBREVIATIONS: ReadonlySet<string> = new Set(
  (
    'etc vs cf al ca viz resp approx incl excl esp Mr Mrs Ms Dr Prof St Jr Sr Gen Col Sgt Lt Rev Hon Inc Ltd Co Dept ' +
    'bzw ggf usw evtl vgl sog inkl zzgl Hr Fr Str Mme Mlle Sra Srta Dña núm pág págs ред ул др пр см тыс млн руб'
  ).split(' '),
);

/** Words of their own, but before a number they name it. */
const BEFORE_NUMBERS: ReadonlySet<string> = new Set(
  'no nr num fig figs eq sec ch vol art abs abb tab kap bd pp pg ver anm ziff par рис стр табл гл'.split(' '),
);

/** Follow the day of the month, which has a dot in German and its neighbours. */
const MONTHS = /^(?:Jan|Jän|Feb|Mär|Mar|Apr|Mai|Maj|Jun|Jul|Aug|Sep|Okt|Oct|Nov|Dez|Dec)/;

const LONGEST = 8;
const IN_WORD = /[\p{L}\p{M}\p{N}_]/u;
const WORD = /(?:\p{L}\.)*[\p{L}\p{N}]{1,6}$/u;

/**
 * Whether the dot at `dot`, behind which a sentence could begin at `next`, belongs to the word before it: an abbreviation, an
 * initial, the number of a list or of a day.
 * @param from Where the sentence begins
 */
export function isAbbreviation(
  text: string,
  { from, dot, next }: { from: number; dot: number; next: number },
): boolean {
  const begins = Math.max(from, dot - LONGEST);
  const word = WORD.exec(text.slice(begins, dot))?.[0] ?? '';
  if (word === '') return false;
  const start = dot - word.length;
  if (/^\d+$/.test(word)) {
    return word.length <= 3 && (text.slice(from, start).trim() === '' || MONTHS.test(text.slice(next, next + 3)));
  }
  if (start > begins && IN_WORD.test(text.slice(start - 1, start))) return false;
  const isLetters = word.length === 1 || word.charAt(1) === '.';
  return isLetters || ABBREVIATIONS.has(word) || (BEFORE_NUMBERS.has(word.toLowerCase()) && isDigit(text, next));
}

function isDigit(text: string, at: number): boolean {
  return text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57;
}
