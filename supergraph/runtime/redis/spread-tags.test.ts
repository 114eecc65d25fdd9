import { expect, it } from 'vitest';
import { keySlot, SLOTS } from './key-slot.ts';
import { PARTS, spreadTag, tagsInOrder } from './spread-tags.ts';

it('gives every part of the slots one part of whatever name', () => {
  for (const name of ['ses_0123456789abcdef01234567', 'ses_ffffffffffffffffffffffff', 'a', '']) {
    const places = Array.from({ length: PARTS }, (_, part) => keySlot(`f:${spreadTag(name, part)}:x`));
    expect(new Set(places.map((slot) => Math.floor((slot * PARTS) / SLOTS))).size).toBe(PARTS);
  }
});

it('gives the tags of a name in the order of the parts of all slots', () => {
  const parts = tagsInOrder('opened').map((tag) => Math.floor((keySlot(tag) * PARTS) / SLOTS));
  expect(parts).toEqual(Array.from({ length: PARTS }, (_, part) => part));
});
