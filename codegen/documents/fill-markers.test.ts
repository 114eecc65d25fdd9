import { expect, it } from 'vitest';
import { filled } from './fill-markers.ts';

const DOCUMENT = 'Before.\n\n<!-- table: made -->\nold\n<!-- /table -->\n\nAfter.\n';

it('puts the content between the markers and leaves the rest as it is', () => {
  const once = filled(DOCUMENT, 'table', '| new |');
  expect(once).toBe('Before.\n\n<!-- table: made -->\n\n| new |\n\n<!-- /table -->\n\nAfter.\n');
  expect(filled(once, 'table', '| new |')).toBe(once);
});

it.each([
  ['no markers', 'Nothing.'],
  ['no end', '<!-- table: made -->\nold\n'],
  ['markers in the wrong order', '<!-- /table -->\n<!-- table: made -->\n'],
  ['two of them', DOCUMENT + DOCUMENT],
])('refuses a document with %s', (_, document) => {
  expect(() => filled(document, 'table', 'new')).toThrow('<!-- table: … --> and <!-- /table -->');
});
