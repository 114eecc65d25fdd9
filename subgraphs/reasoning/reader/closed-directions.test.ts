import { describe, expect, it } from 'vitest';
import { withClosedDirections } from './closed-directions.ts';

describe('withClosedDirections', () => {
  it.each([
    ['an override that never ends', 'port \u202e7443', 'port 7443'],
    ['an isolate that never ends', 'port \u2067\u20667443\u2069', 'port \u20667443\u2069'],
    ['an end of nothing', 'port\u202c 7443\u2069', 'port 7443'],
    ['one that ends otherwise', 'a \u202eb\u2069', 'a b'],
    ['what is whole', 'a \u202bb \u2066c\u2069 d\u202c e', 'a \u202bb \u2066c\u2069 d\u202c e'],
  ])('leaves nothing open of %s', (_, text, closed) => {
    expect(withClosedDirections(text)).toBe(closed);
  });
});
