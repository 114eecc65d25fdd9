import { describe, expect, it } from 'vitest';
import { KeptPlace, type PlacedRows } from './kept-place.ts';
import { placeRows } from './place-rows.ts';

const VIEW_PIXELS = 100;

function rowsOf(heights: Readonly<Record<string, number>>): PlacedRows {
  const keys = Object.keys(heights);
  return {
    keys,
    indexes: new Map(keys.map((key, index) => [key, index])),
    places: placeRows(keys, (key) => heights[key] ?? 0),
  };
}

/** An element that scrolls as one of a browser does: never beyond its end. */
function scrollingOver(rows: PlacedRows) {
  let top = 0;
  return {
    clientHeight: VIEW_PIXELS,
    scrollHeight: rows.places.at(-1) ?? 0,
    get scrollTop() {
      return top;
    },
    set scrollTop(wanted: number) {
      top = Math.max(0, Math.min(wanted, this.scrollHeight - VIEW_PIXELS));
    },
  };
}

describe('a list that follows its end', () => {
  const rows = rowsOf({ a: 200, b: 200 });

  it('stays there as it grows, and leaves it only when its reader scrolls up', () => {
    const element = scrollingOver(rows);
    const place = new KeptPlace(true);
    place.settle(element, rows);
    expect(element.scrollTop).toBe(300);
    place.scrolled(element, rows);
    const longer = rowsOf({ a: 200, b: 500 });
    element.scrollHeight = 700;
    place.settle(element, longer);
    expect(element.scrollTop).toBe(600);
    place.scrolled(element, longer);
    element.scrollTop = 150;
    place.scrolled(element, longer);
    element.scrollHeight = 900;
    place.settle(element, rowsOf({ a: 200, b: 700 }));
    expect(element.scrollTop).toBe(150);
  });

  it('goes on to follow when its reader comes back, or asks', () => {
    const element = scrollingOver(rows);
    const place = new KeptPlace(true);
    place.settle(element, rows);
    place.scrolled(element, rows);
    element.scrollTop = 0;
    place.scrolled(element, rows);
    place.follow(element);
    expect(element.scrollTop).toBe(300);
  });
});

describe('what the reader of a list sees', () => {
  it('stays where it is when rows come before it, and when they get their heights', () => {
    const rows = rowsOf({ c: 100, d: 300 });
    const element = scrollingOver(rows);
    const place = new KeptPlace(false);
    element.scrollTop = 120;
    place.scrolled(element, rows);
    for (const [heights, top] of [
      [{ a: 50, b: 50, c: 100, d: 300 }, 220],
      [{ a: 80, b: 20, c: 130, d: 300 }, 250],
    ] as const) {
      element.scrollHeight = rowsOf(heights).places.at(-1) ?? 0;
      place.settle(element, rowsOf(heights));
      expect(element.scrollTop).toBe(top);
    }
  });

  it('is not pulled back when its reader has scrolled since', () => {
    const rows = rowsOf({ a: 100, b: 300 });
    const element = scrollingOver(rows);
    const place = new KeptPlace(false);
    place.scrolled(element, rows);
    element.scrollTop = 70;
    place.settle(element, rowsOf({ a: 100, b: 400 }));
    expect(element.scrollTop).toBe(70);
  });

  it('is the row that it was led to, while those above it get their heights', () => {
    const rows = rowsOf({ a: 100, b: 300, c: 400 });
    const element = scrollingOver(rows);
    const place = new KeptPlace(true);
    place.settle(element, rows);
    place.show('b', element, rows);
    expect(element.scrollTop).toBe(100);
    place.settle(element, rowsOf({ a: 180, b: 300, c: 400 }));
    expect(element.scrollTop).toBe(180);
    place.show('none', element, rows);
    expect(element.scrollTop).toBe(180);
  });

  it('stays where it is when the row that it is led to is in sight', () => {
    const rows = rowsOf({ a: 90, b: 300 });
    const element = scrollingOver(rows);
    const place = new KeptPlace(false);
    element.scrollTop = 20;
    place.scrolled(element, rows);
    for (const key of ['a', 'b']) {
      place.show(key, element, rows);
      expect(element.scrollTop).toBe(key === 'a' ? 20 : 90);
    }
  });
});
