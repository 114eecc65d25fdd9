const MONTHS: readonly string[] = [
  'january|januar|janvier|enero|gennaio|janeiro|января|jan',
  'february|februar|février|febrero|febbraio|fevereiro|февраля|feb',
  'march|märz|mars|marzo|março|марта|mar',
  'april|avril|abril|aprile|апреля|apr',
  'may|mai|mayo|maggio|maio|мая',
  'june|juni|juin|junio|giugno|junho|июня|jun',
  'july|juli|juillet|julio|luglio|julho|июля|jul',
  'august|août|agosto|августа|aug',
  'september|septembre|septiembre|settembre|setembro|сентября|sept|sep',
  'october|oktober|octobre|octubre|ottobre|outubro|октября|oct|okt',
  'november|novembre|noviembre|novembro|ноября|nov',
  'december|dezember|décembre|diciembre|dicembre|dezembro|декабря|dec|dez',
];
const MONTH_OF: ReadonlyMap<string, number> = new Map(
  MONTHS.flatMap((names, at) => names.split('|').map((name) => [name, at + 1] as const)),
);
const NAMES = `(?:${[...MONTH_OF.keys()].sort((one, other) => other.length - one.length).join('|')})`;
const DAY_FIRST = `(?<!\\p{N})(\\d{1,2})(?:st|nd|rd|th|\\.)?\\s(?:of\\s|de\\s)?(${NAMES})\\.?,?\\s(?:de\\s)?((?:19|20)\\d\\d)(?!\\p{N})`;
const MONTH_FIRST = `(?<!\\p{L})(${NAMES})\\.?\\s(\\d{1,2})(?:st|nd|rd|th)?,?\\s((?:19|20)\\d\\d)(?!\\p{N})`;
const IDEOGRAPHIC = '((?:19|20)\\d\\d)\\s?[年년]\\s?(\\d{1,2})\\s?[月월]\\s?(\\d{1,2})\\s?[日일]';
const SPELLED = new RegExp(`${DAY_FIRST}|${MONTH_FIRST}|${IDEOGRAPHIC}`, 'giu');
const MAY_BE_SPELLED = /(?:19|20)\d\d/;

/** Days that are spelled out, "4 January 2018" or "January 4, 2018", as 2018-01-04, so that they meet however they are written. */
export function datesAsIso(text: string): string {
  if (!MAY_BE_SPELLED.test(text)) return text;
  return text.replace(SPELLED, (whole, ...groups: (string | undefined)[]) => {
    const [day1, month1, year1, month2, day2, year2, year3, month3, day3] = groups;
    const year = year1 ?? year2 ?? year3;
    const month = Number(month3 ?? MONTH_OF.get((month1 ?? month2 ?? '').toLowerCase()));
    const day = Number(day1 ?? day2 ?? day3);
    if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return whole;
    return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  });
}
