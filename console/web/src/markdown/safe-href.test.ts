import { expect, it } from 'vitest';
import { safeHref } from './safe-href.ts';

it('leads to pages and to mail', () => {
  expect(safeHref('https://example.org/a?b#c')).toBe('https://example.org/a?b#c');
  expect(safeHref('HTTP://example.org')).toBe('http://example.org/');
  expect(safeHref('mailto:zoe@example.org')).toBe('mailto:zoe@example.org');
});

it('leads neither to script nor to data, files or places in this page', () => {
  const refused = [
    'javascript:alert(1)',
    ' java\tscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://example.org/1',
    '#/sessions/ses_1',
    '/graphiql',
    '//example.org',
    '',
    undefined,
  ];
  expect(refused.map(safeHref)).toEqual(refused.map(() => null));
});
