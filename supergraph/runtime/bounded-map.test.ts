import { expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.ts';

it('forgets the entry that was unused for longest', () => {
  const map = new BoundedMap<number>(2, 1_000);
  map.set('a', 1);
  map.set('b', 2);
  expect(map.get('a')).toBe(1);
  map.set('c', 3);
  expect(map.get('b')).toBeUndefined();
  expect([map.get('a'), map.get('c'), map.size]).toEqual([1, 3, 2]);
});

it('does not grow when a key is written again', () => {
  const map = new BoundedMap<number>(2, 1_000);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  expect([map.get('a'), map.get('b')]).toEqual([3, 2]);
});

it('stays within the characters of its keys, however few entries that are', () => {
  const map = new BoundedMap<number>(1_000, 80);
  for (let at = 0; at < 50; at++) map.set(String(at).padStart(10, '0'), at);
  expect(map.size).toBe(8);
  expect(map.get(String(49).padStart(10, '0'))).toBe(49);
  map.delete(String(49).padStart(10, '0'));
  map.set('x'.repeat(10), 50);
  expect(map.size).toBe(8);
});

it('does not keep what has a key of over an eighth of that', () => {
  const map = new BoundedMap<number>(1_000, 80);
  map.set('a', 1);
  map.set('x'.repeat(11), 2);
  expect([map.get('a'), map.size]).toEqual([1, 1]);
});
