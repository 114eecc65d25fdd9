/** A stretch of time that a text names; `from` included, `before` not, in milliseconds since 1970, UTC. */
export interface TimeSpan {
  readonly from: number;
  readonly before: number;
}

/** What a question says of the time of what it asks for. */
export interface AskedTime {
  /** Whether something of that time is meant; null when the question names no time. */
  readonly isMeant: ((atMs: number) => boolean) | null;
  /** Whether the newest is meant where there are several. */
  readonly wantsLatest: boolean;
}

const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'ru'];
const SHORT_ENGLISH = /^(jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)$/;

/** Name of a month in lower case -> its number from 0. */
function monthNames(): Map<string, number> {
  const names = new Map<string, number>();
  for (const language of LANGUAGES) {
    for (const form of [{ month: 'long' }, { day: 'numeric', month: 'long' }] as const) {
      const format = new Intl.DateTimeFormat(language, { ...form, timeZone: 'UTC' });
      for (let month = 0; month < 12; month++) {
        const parts = format.formatToParts(new Date(Date.UTC(2024, month, 1)));
        const name = parts.find(({ type }) => type === 'month')?.value.toLowerCase();
        if (name !== undefined && /^\p{L}+$/u.test(name)) names.set(name, month);
      }
    }
  }
  const short = new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' });
  for (let month = 0; month < 12; month++) {
    const name = short.format(new Date(Date.UTC(2024, month, 1))).toLowerCase();
    if (SHORT_ENGLISH.test(name)) names.set(name, month);
  }
  return names;
}

const BEFORE =
  /(?:before|until|till|prior to|earlier than|vor|bis|avant|jusqu['’]?(?:à|en)?|antes de|hasta|prima di|fino a|до)\s+(?:the\s+|dem\s+)?$/iu;
const AFTER =
  /(?:after|since|later than|from|nach|seit|ab|après|depuis|después de|desde|dopo|dal?|после|с)\s+(?:the\s+|dem\s+)?$/iu;
/** Before the name of a month alone: "may" and "march" are words, too. */
const IN =
  /(?:^|[\s(])(?:in|during|of|by|for|since|before|until|after|last|this|early|mid|late|im|seit|vor|nach|bis|en|au|durant|avant|après|depuis|durante|a|em|desde|hasta|antes de|después de|в|до|после|с)\s+$/iu;
const LATEST =
  /(?<![\p{L}\p{N}])(?:latest|most recent(?:ly)?|newest|currently|these days|nowadays|last time|as of now|right now|up[- ]to[- ]date|zuletzt|neueste[rsnm]?|aktuell\p{L}*|derzeit|derni[eè]re?|actuel\p{L}*|récemment|últim[oa]|actual(?:mente)?|recientemente|ultim[oa]|attuale|attualmente|atual(?:mente)?|последн\p{L}+|сейчас)(?![\p{L}\p{N}])|最新|最近一次|目前|现在|現在の|直近|최근|현재/iu;

const YEAR = '(?:19|20)\\d\\d';
interface Dates {
  readonly months: ReadonlyMap<string, number>;
  readonly pattern: RegExp;
}

let dates: Dates | null = null;

/** How the languages write dates; made once, when it is first asked for. */
function datesOnce(): Dates {
  if (dates !== null) return dates;
  const months = monthNames();
  const name = [...months.keys()].sort((one, other) => other.length - one.length).join('|');
  const forms = [
    `(?<isoYear>${YEAR})-(?<isoMonth>\\d\\d)(?:-(?<isoDay>\\d\\d))?`,
    `(?<dayFirst>\\d{1,2})(?:st|nd|rd|th|\\.|º|er)?\\s+(?:of\\s+|de\\s+)?(?<monthBehind>${name})\\.?,?(?:\\s+(?:de\\s+)?(?<yearBehind>${YEAR}))?`,
    `(?<monthFirst>${name})\\.?\\s+(?:(?<dayBehind>\\d{1,2})(?:st|nd|rd|th)?(?!\\d)(?:,?\\s+(?<yearLast>${YEAR}))?|(?:de\\s+|of\\s+)?(?<yearOfMonth>${YEAR}))`,
    `(?<month>${name})`,
    `(?<year>${YEAR})`,
  ];
  const pattern = forms.map((form) => `(?<![\\p{L}\\p{N}.-])(?:${form})(?![\\p{L}\\p{N}])`).join('|');
  dates = { months, pattern: new RegExp(pattern, 'giu') };
  return dates;
}

/** More are not looked at: nobody asks for so many. */
const MOST_TIMES = 8;

/** What a question says of the time of what it asks for, in UTC: days, months and years, as nine languages write them, or as ISO 8601 does. */
export function askedTime(question: string): AskedTime {
  const tests: ((atMs: number) => boolean)[] = [];
  for (const match of question.matchAll(datesOnce().pattern)) {
    if (tests.length === MOST_TIMES) break;
    const test = testOf(match.groups ?? {}, question.slice(0, match.index));
    if (test !== null) tests.push(test);
  }
  return {
    isMeant: tests.length === 0 ? null : (atMs) => tests.some((test) => test(atMs)),
    wantsLatest: LATEST.test(question),
  };
}

function testOf(
  found: Readonly<Record<string, string | undefined>>,
  before: string,
): ((atMs: number) => boolean) | null {
  const named = found.monthBehind ?? found.monthFirst ?? found.month;
  const month =
    found.isoMonth === undefined ? datesOnce().months.get(named?.toLowerCase() ?? '') : Number(found.isoMonth) - 1;
  const day = Number(found.isoDay ?? found.dayFirst ?? found.dayBehind ?? 0);
  const years = found.isoYear ?? found.yearBehind ?? found.yearLast ?? found.yearOfMonth ?? found.year;
  // A month, or a year, alone only where a word before it makes it a time.
  if (day === 0 && (years === undefined || month === undefined) && !IN.test(before)) return null;
  if (day > 31 || (month ?? 0) > 11) return null;
  if (years !== undefined) return inDirection(spanOf(Number(years), month, day), before);
  return (atMs) => {
    const at = new Date(atMs);
    return at.getUTCMonth() === month && (day === 0 || at.getUTCDate() === day);
  };
}

function spanOf(year: number, month: number | undefined, day: number): TimeSpan {
  if (month === undefined) return { from: Date.UTC(year, 0, 1), before: Date.UTC(year + 1, 0, 1) };
  if (day === 0) return { from: Date.UTC(year, month, 1), before: Date.UTC(year, month + 1, 1) };
  return { from: Date.UTC(year, month, day), before: Date.UTC(year, month, day + 1) };
}

function inDirection({ from, before }: TimeSpan, words: string): (atMs: number) => boolean {
  if (BEFORE.test(words)) return (atMs) => atMs < from;
  if (AFTER.test(words)) return (atMs) => atMs >= from;
  return (atMs) => atMs >= from && atMs < before;
}
