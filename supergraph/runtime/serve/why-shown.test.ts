import type { Segment } from '@supercontext/contract';
import { expect, it } from 'vitest';
import { segmentOf } from '../../../test/support/working-sets.ts';
import { whyShown } from './why-shown.ts';

const why = (segment: Partial<Segment>) =>
  whyShown({ ...segmentOf({ reason: 'evidence', text: 'a text', score: null }), ...segment });

it.each([
  [{ reason: 'system', role: 'system' }, 'Instructions'],
  [{ reason: 'system', role: 'user' }, 'kept to'],
  [{ reason: 'digest' }, 'sums up the session'],
  [{ reason: 'recent' }, 'latest messages'],
  [{ score: 1, verbatim: true }, 'fits the question best.'],
  [{ score: 0.634, verbatim: true }, '63 %'],
  [{ score: 0.001, verbatim: true }, ' 1 %'],
  [{ score: 0.5, verbatim: false }, 'passage'],
  [{ score: 0 }, 'all of the session has room'],
  [{ kind: 'summary', score: 0.5 }, 'several texts'],
  [{ kind: 'summary', score: 0 }, 'nothing else is shown'],
] as const)('%o: %s', (segment, words) => {
  expect(why(segment)).toContain(words);
  expect(why(segment)).toMatch(/^[A-Z].*\.$/);
});
