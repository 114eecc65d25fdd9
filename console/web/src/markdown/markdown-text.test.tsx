import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { MarkdownText } from './markdown-text.tsx';

const drawn = (text: string, ...numbers: readonly number[]) =>
  renderToStaticMarkup(
    <MarkdownText
      text={text}
      numbers={new Set(numbers)}
      citation={(number) => <button type="button">{number}</button>}
    />,
  );

describe('Markdown that a stranger wrote', () => {
  it('is drawn with its lists, tables and code', () => {
    expect(drawn('1. one\n2. two')).toContain('<ol>');
    expect(drawn('| a | b |\n|---|---|\n| 1 | 2 |')).toMatch(/<table>.*<td>2<\/td>/s);
    expect(drawn('```js\nlet a = 1;\n```')).toMatch(/<pre[^>]*><code[^>]*>let a = 1;\n<\/code><\/pre>/);
    expect(drawn('**bold** and `code`')).toContain('<strong>bold</strong> and <code>code</code>');
    expect(drawn('- [x] done')).toContain('☑');
  });

  it('is drawn while it grows, a fence that is still open as code', () => {
    expect(drawn('Do:\n\n```\nlet a')).toMatch(/<pre[^>]*><code>let a\n<\/code><\/pre>/);
  });

  it('has no HTML in it but as words', () => {
    for (const html of [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      'a <b onclick="alert(1)">b</b>',
      '<iframe src="https://example.org"></iframe>',
      '<style>*{display:none}</style>',
      '<svg/onload=alert(1)>',
      '<!-- <script>alert(1)</script> -->',
    ]) {
      const shown = drawn(html);
      expect(shown).not.toMatch(/<(script|img|iframe|style|svg|b)\b/);
      expect(shown).toContain('&lt;');
    }
  });

  it('loads nothing: a picture is a link to it', () => {
    const picture = drawn('![the gate](https://example.org/gate.png)');
    expect(picture).not.toContain('<img');
    expect(picture).toContain('<a href="https://example.org/gate.png"');
  });

  it('leads out of the page only apart from it, and only to pages and mail', () => {
    const link = drawn('[there](https://example.org/a)');
    expect(link).toContain('target="_blank" rel="noopener noreferrer nofollow"');
    for (const address of ['javascript:alert(1)', 'data:text/html,x', '#/sessions', '/graphiql', 'JaVaScRiPt:alert(1)'])
      expect(drawn(`[there](${address}) <${address}>`)).not.toContain('<a');
  });

  it('has no footnotes, whose links are places in this page', () => {
    expect(drawn('Said[^1].\n\n[^1]: By whom.')).not.toContain('<a');
  });
});

describe('numbers of citations', () => {
  it('are buttons wherever they stand in the text', () => {
    for (const text of ['So [1].', '- So **it is [1]**.', '| a |\n|---|\n| so [1] |', '# So [1]', '> So [1]'])
      expect(drawn(text, 1)).toContain('<button type="button">1</button>');
  });

  it('are no links, whatever the text defines them to be', () => {
    const defined = drawn('So [1].\n\n[1]: https://example.org', 1);
    expect(defined).not.toContain('<a href="https://example.org/" title="https://example.org/">1');
    expect(defined).toContain('So <button type="button">1</button>.');
  });

  it('stay words in code, and where nothing has that number', () => {
    expect(drawn('`array[1]`', 1)).not.toContain('<button');
    expect(drawn('```\narray[1]\n```', 1)).not.toMatch(/array<button|array\[<button/);
    expect(drawn('So [2].', 1)).toContain('So [2].');
  });
});
