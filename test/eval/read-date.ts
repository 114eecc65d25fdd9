const MONTHS = 'january february march april may june july august september october november december'.split(' ');

/** `2026-05-04`, alone or with a time of day and a zone. */
const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
/** `1:56 pm on 8 May, 2023`, or without the time of day. */
const SPOKEN = /^(?:(\d{1,2}):(\d{2}) ([ap])m on )?(\d{1,2}) ([a-z]+),? (\d{4})$/i;
/** `May-08-2023`. */
const DASHED = /^([a-z]+)-(\d{1,2})-(\d{4})$/i;
const NOON_MINUTES = 720;

/** A moment as ISO 8601 in UTC; a day without a time is its noon. Null when it is none of the forms that data sets have. */
export function readDate(text: string): string | null {
  if (ISO.test(text)) {
    const moment = new Date(text.length === 10 ? `${text}T12:00Z` : text);
    return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
  }
  const [, hours, minutes, half, spokenDay, spokenMonth, spokenYear] = SPOKEN.exec(text) ?? [];
  if (spokenDay !== undefined && spokenMonth !== undefined && spokenYear !== undefined) {
    const minuteOfDay =
      hours === undefined
        ? NOON_MINUTES
        : ((Number(hours) % 12) + (half?.toLowerCase() === 'p' ? 12 : 0)) * 60 + Number(minutes);
    return dayOf({ year: spokenYear, month: spokenMonth, day: spokenDay, minuteOfDay });
  }
  const [, month, day, year] = DASHED.exec(text) ?? [];
  if (month === undefined || day === undefined || year === undefined) return null;
  return dayOf({ year, month, day, minuteOfDay: NOON_MINUTES });
}

function dayOf(date: { year: string; month: string; day: string; minuteOfDay: number }): string | null {
  const month = MONTHS.indexOf(date.month.toLowerCase());
  if (month === -1) return null;
  const moment = new Date(Date.UTC(Number(date.year), month, Number(date.day), 0, date.minuteOfDay));
  return moment.getUTCDate() === Number(date.day) ? moment.toISOString() : null;
}
