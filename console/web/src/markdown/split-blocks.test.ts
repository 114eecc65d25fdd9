import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitBlocks } from './split-blocks.ts';

const textsOf = (markdown: string) => splitBlocks(markdown).map(({ text }) => text);

it('cuts at blank lines between paragraphs, headings and tables', () => {
  expect(textsOf('# One\n\nTwo\nthree.\n\n| a |\n|---|\n| b |\n')).toEqual([
    '# One\n\n',
    'Two\nthree.\n\n',
    '| a |\n|---|\n| b |\n',
  ]);
});

it('keeps a fence whole, open or closed, with the blank lines in it', () => {
  expect(textsOf('Do:\n\n```js\na\n\nb\n```\n\nDone.')).toEqual(['Do:\n\n', '```js\na\n\nb\n```\n\n', 'Done.']);
  expect(textsOf('~~~\na\n\nb')).toEqual(['~~~\na\n\nb']);
  expect(textsOf('````\n```\n\nb\n````')).toHaveLength(1);
  expect(textsOf('```\na\n    ```\n\nb\n```')).toHaveLength(1);
});

it('takes words in backticks for no fence', () => {
  expect(textsOf('```a``` is code.\n\nTwo.')).toEqual(['```a``` is code.\n\n', 'Two.']);
});

it('keeps a list whole whose items have blank lines between them', () => {
  expect(textsOf('1. One\n\n   more\n\n2. Two\n\nAfter.')).toEqual(['1. One\n\n   more\n\n2. Two\n\n', 'After.']);
});

it('leaves nothing out but blank lines, and grows at its end only', () => {
  const line = fc.constantFrom(
    '',
    'word',
    '```',
    '~~~js',
    '- item',
    '2. item',
    '  more',
    '> said',
    '| a |',
    '    code',
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const whole = lines.join('\n');
      const blocks = splitBlocks(whole);
      for (const { text, at } of blocks) expect(whole.slice(at, at + text.length)).toBe(text);
      expect(textsOf(whole).join('').replaceAll(/\s/g, '')).toBe(whole.replaceAll(/\s/g, ''));
      const longer = splitBlocks(`${whole}\nmore`);
      expect(longer.slice(0, Math.max(0, blocks.length - 1))).toEqual(blocks.slice(0, -1));
    }),
  );
});
