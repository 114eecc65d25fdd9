import { expect, it } from 'vitest';
import { recentOf, segmentOf } from '../../test/support/working-sets.ts';
import { quotable } from './quotable.ts';

it('numbers the evidence first, then what stands beside it and no model has written', () => {
  const segments = [
    segmentOf({ reason: 'system', text: 'Be brief.' }),
    segmentOf({ reason: 'pin', text: 'The port is 7443.' }),
    segmentOf({ reason: 'digest', text: 'About ports.' }),
    recentOf('user', 'It is 9001 now.'),
    segmentOf({ reason: 'recent', text: 'It is 1.', modelWritten: true }),
    segmentOf({ reason: 'evidence', text: 'Ports are open.' }),
  ];
  const { evidence, beside } = quotable(segments);
  const told = (all: typeof evidence) => all.map(({ segment, place }) => [segment.text, place]);
  expect(told(evidence)).toEqual([['Ports are open.', 5]]);
  expect(told(beside)).toEqual([
    ['Be brief.', 0],
    ['The port is 7443.', 1],
    ['It is 9001 now.', 3],
  ]);
});
