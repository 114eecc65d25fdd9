import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeCursor, type PageArguments, pageInfoOf, pageOf, pageRequest, stretchOf } from './connections.ts';

const SIZES = { standard: 3, most: 10 };
const LIST = 'things';

/** The algorithm of the Relay specification, over the whole list. */
function expectedEdges(count: number, { first, last, after, before }: Wanted): number[] {
  let edges = Array.from({ length: count }, (_, place) => place);
  if (after !== null) edges = edges.filter((place) => place > after);
  if (before !== null) edges = edges.filter((place) => place < before);
  if (last !== null) return edges.slice(-last);
  return edges.slice(0, first ?? SIZES.standard);
}

interface Wanted {
  readonly first: number | null;
  readonly last: number | null;
  readonly after: number | null;
  readonly before: number | null;
}

const cursorOf = (place: number | null) => (place === null ? null : encodeCursor(LIST, place));
const argumentsOf = ({ first, last, after, before }: Wanted): PageArguments => ({
  ...{ first, last, after: cursorOf(after), before: cursorOf(before) },
});

const size = fc.option(fc.integer({ min: 1, max: SIZES.most }));
const wanted = fc.integer({ min: 1, max: 12 }).chain((count) => {
  const place = fc.option(fc.integer({ min: 0, max: count - 1 }));
  const page = fc.record({ size, isLast: fc.boolean(), after: place, before: place });
  return page.map(({ size, isLast, after, before }) => ({
    count,
    page: { first: isLast ? null : size, last: isLast ? size : null, after, before },
  }));
});

it('gives the edges of the Relay specification, and says truly what is beyond them', () => {
  fc.assert(
    fc.property(wanted, ({ count, page }) => {
      const stretch = stretchOf(pageRequest(LIST, argumentsOf(page), SIZES), count);
      const places: number[] = [];
      for (let place = stretch.from; place <= stretch.through; place++) places.push(place);
      expect(places).toEqual(expectedEdges(count, page));
      const info = pageInfoOf(
        places.map((place) => ({ cursor: encodeCursor(LIST, place) })),
        stretch,
        count,
      );
      if (places.length === 0) return;
      expect(info).toEqual({
        hasNextPage: (places.at(-1) as number) < count - 1,
        hasPreviousPage: (places[0] as number) > 0,
        startCursor: cursorOf(places[0] as number),
        endCursor: cursorOf(places.at(-1) as number),
      });
    }),
  );
});

it('makes a page of either end of a list that was read with one more than it holds', () => {
  const cursor = (place: number) => encodeCursor(LIST, place);
  const first = pageOf([1, 2, 3], pageRequest(LIST, { first: 2 }, SIZES), cursor);
  const last = pageOf([7, 8, 9], pageRequest(LIST, { last: 2, before: cursor(10) }, SIZES), cursor);
  expect(first.edges.map(({ node }) => node)).toEqual([1, 2]);
  expect(last.edges.map(({ node }) => node)).toEqual([8, 9]);
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false, startCursor: cursor(1) });
  expect(last.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true, endCursor: cursor(9) });
});

it.each<[string, PageArguments, string, string]>([
  ['first and last', { first: 1, last: 1 }, 'INPUT_INVALID', 'last'],
  ['no edges', { first: 0 }, 'INPUT_INVALID', 'first'],
  ['too many from the end', { last: 11 }, 'INPUT_INVALID', 'last'],
  ['a cursor of another list', { after: encodeCursor('others', 1) }, 'CURSOR_UNKNOWN', 'after'],
  ['one beyond the list', { before: encodeCursor(LIST, 12) }, 'CURSOR_UNKNOWN', 'before'],
  ['one written otherwise', { before: encodeCursor(LIST, '01') }, 'CURSOR_UNKNOWN', 'before'],
  ['any other text', { after: '\u0000%' }, 'CURSOR_UNKNOWN', 'after'],
])('refuses %s, and names the argument', (_what, page, code, argument) => {
  const read = () => stretchOf(pageRequest(LIST, page, SIZES), 12);
  expect(read).toThrow(expect.objectContaining({ code, details: { argument } }));
});
