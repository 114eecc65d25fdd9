import { tablesAsText } from './html-tables.ts';

/** How many tags of a page a passage has at least, and how many in a thousand characters: Markdown has some, too. */
const LEAST_TAGS = 4;
const LEAST_DENSITY = 4;

/** Tags that pages are built of, in Markdown seldom more than here and there. */
const BUILDS = /<\/?(?:p|div|li|ul|ol|td|th|tr|dd|dt|dl|h[1-6]|section|article|main|body|html|head|meta|link|nav)\b/giu;
/** What nobody reads: its words are a program's. */
const UNREAD =
  /<(script|style|head|noscript|template)\b[^<>]{0,500}>[\s\S]*?(?:<\/\1\s*>|$)|<!--[\s\S]*?(?:-->|$)|<![^<>]{0,200}>/giu;
const TAG = /<(\/?)([a-z][a-z0-9-]{0,20})(?:[\s/][^<>]{0,1000})?>/giu;
/** Tags within a line of words; any other ends what stands before it. */
const INLINE = new Set(
  (
    'a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q s samp small span strike strong sub sup ' +
    'time tt u var wbr'
  ).split(' '),
);
/** Where a page shows lines as they are not, an end of a line is a blank. */
const LINE_END = /[\r\n]/g;
const INDENT = /\r?\n[^\S\n]+(?=\S)/g;
/** How a block begins in Markdown, where its tag is long enough for it. */
const BEGINS: Readonly<Record<string, string>> = {
  ...{ h1: '# ', h2: '# ', h3: '## ', h4: '### ', h5: '### ', h6: '### ', dt: '### ', li: '- ', tr: '|' },
  ...{ td: '|', th: '|' },
};

/** Whether a passage is of a page of HTML rather than of a text that has some. */
export function isHtml(text: string): boolean {
  if (!text.includes('</')) return false;
  const tags = text.match(BUILDS)?.length ?? 0;
  return tags >= LEAST_TAGS && (1_000 * tags) / text.length >= LEAST_DENSITY;
}

/**
 * A page of HTML as the Markdown of the same length that says the same, every word where it stood: tags of blocks end lines, headings and
 * items have their marks, cells their bars; programs, styles and comments are blank.
 */
export function htmlAsText(html: string): string {
  const read = html.replace(UNREAD, (unread) =>
    `\n${' '.repeat(Math.max(0, unread.length - 1))}`.slice(0, unread.length),
  );
  const inPreOfRead = new PreformattedPlaces(read);
  const flowing = read.replace(LINE_END, (end, at: number) => (inPreOfRead.has(at) ? end : ' '));
  const tabled = tablesAsText(flowing);
  const inPre = new PreformattedPlaces(tabled);
  const marked = tabled.replace(TAG, (tag, closing: string, name: string, at: number) => {
    const kind = name.toLowerCase();
    if (INLINE.has(kind)) return tag;
    return blockMark(kind, closing === '/', tag.length, inPre.has(at));
  });
  // What is indented is no code.
  return marked.replace(INDENT, (indent) => `${' '.repeat(indent.length - 1)}\n`);
}

function blockMark(kind: string, isClosing: boolean, length: number, isInPre: boolean): string {
  if (kind === 'pre' && length >= 5) return `${' '.repeat(length - 5)}\n\`\`\`\n`;
  if (isInPre) return ' '.repeat(length);
  if (kind === 'td' || kind === 'th') return isClosing ? ' '.repeat(length) : `${' '.repeat(length - 1)}|`;
  const begins = isClosing ? '' : (BEGINS[kind] ?? '');
  const room = length - begins.length;
  return `${' '.repeat(Math.max(0, room - 2))}${'\n'.repeat(Math.min(2, room))}${begins}`;
}

/** Where a page shows lines as they are. */
class PreformattedPlaces {
  readonly #places: { readonly from: number; readonly to: number }[] = [];
  #next = 0;

  constructor(html: string) {
    for (const found of html.matchAll(/<pre\b/giu)) {
      const last = this.#places.at(-1);
      if (last !== undefined && found.index < last.to) continue;
      const end = html.indexOf('</pre', found.index);
      this.#places.push({ from: found.index, to: end === -1 ? html.length : end });
    }
  }

  /** Asked in order. */
  has(at: number): boolean {
    while ((this.#places[this.#next]?.to ?? Number.POSITIVE_INFINITY) <= at) this.#next++;
    const place = this.#places[this.#next];
    return place !== undefined && at > place.from;
  }
}
