/** A stretch of Markdown that can be read by itself. */
export interface MarkdownBlock {
  readonly text: string;
  /** Where it begins in the whole. */
  readonly at: number;
}

interface Fence {
  readonly mark: string;
  readonly indent: number;
}

const FENCE = /^([ \t]*)(`{3,}|~{3,})([^\n]*)$/;
/** What a blank line does not end: what is indented belongs to the list before it, and so does its next item. */
const CONTINUES = /^(?:[ \t]|[-*+][ \t]|\d{1,9}[.)][ \t])/;

/**
 * Cuts Markdown into blocks that mean apart what they mean together, so that of an answer that grows only the last one has to be
 * read anew. In doubt it does not cut.
 */
export function splitBlocks(markdown: string): readonly MarkdownBlock[] {
  const blocks: MarkdownBlock[] = [];
  let begin = 0;
  let fence: Fence | null = null;
  let afterBlank = false;
  for (let at = 0; at < markdown.length; ) {
    const end = markdown.indexOf('\n', at);
    const line = markdown.slice(at, end === -1 ? markdown.length : end);
    const isBlank = line.trim() === '';
    if (fence === null && afterBlank && !isBlank && !CONTINUES.test(line)) {
      blocks.push({ text: markdown.slice(begin, at), at: begin });
      begin = at;
    }
    fence = fenceAfter(line, fence);
    afterBlank = isBlank;
    at = end === -1 ? markdown.length : end + 1;
  }
  if (begin < markdown.length) blocks.push({ text: markdown.slice(begin), at: begin });
  return blocks.filter(({ text }) => text.trim() !== '');
}

/** The fence that is open behind a line. */
function fenceAfter(line: string, open: Fence | null): Fence | null {
  const [, blanks = '', mark = '', info = ''] = FENCE.exec(line) ?? [];
  if (mark === '') return open;
  const indent = blanks.length;
  if (open === null) return mark.startsWith('`') && info.includes('`') ? null : { mark, indent };
  // Deeper ones are code, however deep the list is in which they stand.
  const closes = mark.startsWith(open.mark) && info.trim() === '' && indent <= Math.max(3, open.indent);
  return closes ? null : open;
}
