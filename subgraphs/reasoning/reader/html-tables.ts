/** Of pages that are laid out by tables these stand within: what is no table of data is read by its blocks. */
const LAYS_OUT = /<(?:table|h[1-6]|pre|form|nav|main|article|section|blockquote|dl)\b|<\/p\s*>\s*<p\b/iu;
const TABLE = /<table\b/giu;
const END = '</table';
const TAG = /<(\/?)([a-z][a-z0-9-]{0,20})(?:[\s/][^<>]{0,1000})?>/giu;
const CELL = /<(t[dh])\b/giu;
const INLINE_TAG =
  /^<\/?(?:a|abbr|b|bdi|bdo|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|tt|u|var)\b/iu;
const RULE = '\n|-|';

/**
 * A page of HTML with its tables of data as those of Markdown, of the same length, every cell where it stood: a row is one line, however
 * many it was written on, and the first row, where it has nothing but `<th>`, names the columns. Linear.
 */
export function tablesAsText(html: string): string {
  const parts: string[] = [];
  let [from, next] = [0, -1];
  for (const { index: start } of html.matchAll(TABLE)) {
    if (start > next) {
      const end = html.indexOf(END, start);
      next = end === -1 ? html.length : end;
    }
    const body = html.slice(start, next);
    // Of nested tables the outer one ends where the first within begins.
    if (LAYS_OUT.test(body.slice(1))) continue;
    parts.push(html.slice(from, start), tableAsText(body));
    from = next;
  }
  parts.push(html.slice(from));
  return parts.join('');
}

function tableAsText(table: string): string {
  const rows = table.split(/(?=<tr\b)/iu);
  let wasHeader = false;
  return rows
    .map((row) => {
      const isHeader = !wasHeader && isOfNames(row);
      wasHeader ||= isHeader || row.search(CELL) !== -1;
      return rowAsText(row, isHeader);
    })
    .join('');
}

function isOfNames(row: string): boolean {
  const kinds = [...row.matchAll(CELL)].map(([, kind = '']) => kind.toLowerCase());
  return kinds.length > 1 && kinds.every((kind) => kind === 'th');
}

/** One line, begun where its tag was; the rule below names stands in the end tag of their row. */
function rowAsText(row: string, isHeader: boolean): string {
  return row.replaceAll(/[\r\n]/g, ' ').replace(TAG, (tag, closing: string, name: string) => {
    const kind = name.toLowerCase();
    const blank = ' '.repeat(tag.length - 1);
    if (INLINE_TAG.test(tag)) return tag;
    if (kind === 'table' || kind === 'caption' || (kind === 'tr' && closing === '')) return `${blank}\n`;
    if (kind === 'tr' && isHeader) return RULE.padEnd(tag.length);
    return closing === '' && (kind === 'td' || kind === 'th') ? `${blank}|` : `${blank} `;
  });
}
