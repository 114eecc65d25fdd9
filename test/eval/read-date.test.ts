import { expect, it } from 'vitest';
import { readDate } from './read-date.ts';

it.each([
  ['2026-05-04', '2026-05-04T12:00:00.000Z'],
  ['2026-05-04T10:30:00+02:00', '2026-05-04T08:30:00.000Z'],
  ['1:56 pm on 8 May, 2023', '2023-05-08T13:56:00.000Z'],
  ['12:09 am on 13 September, 2023', '2023-09-13T00:09:00.000Z'],
  ['8 May 2023', '2023-05-08T12:00:00.000Z'],
  ['January-10-2024', '2024-01-10T12:00:00.000Z'],
  ['2026-02-30T25:00Z', null],
  ['31 June, 2023', null],
  ['Maying-10-2024', null],
  ['yesterday', null],
  ['', null],
])('reads %s as %s', (text, moment) => {
  expect(readDate(text)).toBe(moment);
});
