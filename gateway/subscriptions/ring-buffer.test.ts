import { expect, it } from 'vitest';
import { RingBuffer } from './ring-buffer.ts';

it('gives items back in order over many turns of the ring', () => {
  const buffer = new RingBuffer<number>(3);
  let [added, taken] = [0, 0];
  for (let turn = 0; turn < 100; turn++) {
    while (buffer.add(added)) added++;
    for (let i = 0; i <= turn % 3; i++) expect(buffer.take()).toBe(taken++);
  }
  expect(buffer.length).toBe(added - taken);
});

it('refuses an item when it is full and loses none of the others', () => {
  const buffer = new RingBuffer<string>(2);
  expect([buffer.add('a'), buffer.add('b'), buffer.isFull, buffer.add('c')]).toEqual([true, true, true, false]);
  expect([buffer.take(), buffer.take(), buffer.take()]).toEqual(['a', 'b', undefined]);
});
