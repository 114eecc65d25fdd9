import { expect, it } from 'vitest';
import { splitCode } from './split-code.ts';

it('cuts an answer at its code fences', () => {
  expect(splitCode('Do this:\n```js\nconst a = 1;\n```\nThen `b`.')).toEqual([
    { kind: 'prose', text: 'Do this:', at: 0 },
    { kind: 'code', text: 'const a = 1;', at: 15 },
    { kind: 'prose', text: 'Then `b`.', at: 32 },
  ]);
});

it('takes a fence that is still open as code to the end', () => {
  expect(splitCode('```\nlet x')).toEqual([{ kind: 'code', text: 'let x', at: 4 }]);
});

it('leaves prose whole', () => {
  expect(splitCode('One.\n\nTwo ``` three.')).toEqual([{ kind: 'prose', text: 'One.\n\nTwo ``` three.', at: 0 }]);
  expect(splitCode('')).toEqual([]);
});
