import { expect, it } from 'vitest';
import { distinctRepresentations } from './representations.ts';

it('sends each representation once and gives every place its own copy of the answer, in order', () => {
  const [a, b] = [
    { __typename: 'T', id: '1' },
    { __typename: 'T', id: '2' },
  ];
  const distinct = distinctRepresentations({ representations: [a, b, { ...a }, b], size: 3 });
  expect(distinct?.variables).toEqual({ representations: [a, b], size: 3 });
  const data: Record<string, unknown> = { _entities: [{ tags: ['one'] }, null] };
  distinct?.restore(data);
  expect(data._entities).toEqual([{ tags: ['one'] }, null, { tags: ['one'] }, null]);
  const entities = data._entities as { tags: string[] }[];
  entities[0]?.tags.push('changed');
  expect(entities[2]?.tags).toEqual(['one']);
});

it('leaves requests alone that have nothing to merge', () => {
  expect(distinctRepresentations(undefined)).toBeUndefined();
  expect(distinctRepresentations({ representations: [{ id: '1' }] })).toBeUndefined();
  expect(distinctRepresentations({ representations: [{ id: '1' }, { id: '2' }] })).toBeUndefined();
});
