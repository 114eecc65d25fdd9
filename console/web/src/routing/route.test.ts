import { expect, it } from 'vitest';
import { formatRoute, parseRoute, type Route } from './route.ts';

const SESSION = `ses_${'0'.repeat(24)}`;

it('names sessions, turns, answers and citations, and finds them again', () => {
  const places: readonly Route[] = [
    { place: 'home' },
    { place: 'session', sessionId: SESSION, at: null },
    { place: 'session', sessionId: SESSION, at: { turn: 0, answer: null, citation: null } },
    { place: 'session', sessionId: SESSION, at: { turn: 9_999, answer: null, citation: 2 } },
    { place: 'session', sessionId: SESSION, at: { turn: 3, answer: 1, citation: null } },
    { place: 'session', sessionId: SESSION, at: { turn: 3, answer: 0, citation: 12 } },
  ];
  expect(places.map((place) => parseRoute(formatRoute(place)))).toEqual(places);
  expect(places.map(formatRoute)).toEqual([
    '/',
    `/sessions/${SESSION}`,
    `/sessions/${SESSION}/turns/0`,
    `/sessions/${SESSION}/turns/9999/citations/2`,
    `/sessions/${SESSION}/turns/3/answers/1`,
    `/sessions/${SESSION}/turns/3/answers/0/citations/12`,
  ]);
});

it('knows the address of a session as it was before', () => {
  expect(parseRoute(SESSION)).toEqual({ place: 'session', sessionId: SESSION, at: null });
});

it('says of any other address that it is none', () => {
  for (const address of [
    '/nowhere',
    '/sessions/',
    '/sessions/ses_1',
    `/sessions/${SESSION}/turns/x`,
    `${SESSION}/turns/1`,
  ])
    expect(parseRoute(address)).toEqual({ place: 'unknown', address });
});
