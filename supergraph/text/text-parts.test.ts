import { expect, it } from 'vitest';
import { textParts } from './text-parts.ts';

it('join to the text, end at lines where they can, and part no character', () => {
  for (const text of ['one\ntwo\nthree\n', 'no line ends here', '😀😀😀😀😀', '']) {
    const parts = [...textParts(text, 5)];
    expect(parts.join('')).toBe(text);
    for (const part of parts) expect(part.isWellFormed()).toBe(true);
  }
  expect([...textParts('one\ntwo\n', 6)]).toEqual(['one\n', 'two\n']);
});
