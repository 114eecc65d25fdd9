import { expect, it } from 'vitest';
import { excerpt, plainText } from './plain-text.ts';

it('keeps lines and tabs, and nothing that moves a cursor or changes a colour', () => {
  expect(plainText('a\tb\nc\u001b[31mred\u009b2J\u0007 \r')).toBe('a\tb\nc[31mred2J ');
});

it('cuts what is too long, on one line', () => {
  expect(excerpt('  one\n\n two  ', 20)).toBe('one two');
  expect(excerpt('one two three', 8)).toBe('one two…');
});
