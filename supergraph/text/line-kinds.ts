/**
 * What a line is to whoever takes a text apart. A rule is of nothing but dashes and the like: it divides, underlines, or parts a
 * table's header from its rows. An indented line is code, or goes on with a list item.
 */
export type LineKind = 'blank' | 'rule' | 'heading' | 'item' | 'quote' | 'row' | 'code' | 'indented' | 'text';

const TAB = 9;
const LETTER = /^[a-z]/i;
const RULE = /^[=\-~^*_+#|:\s]+$/;
const HEADING = /^#{1,6}\s/;
const ITEM = /^(?:[-*+•]|\d{1,3}[.)])\s/;
const CODE_START = /^(?:\/\/|\/\*|\*\/|#!|@[\w.]+(?:\(|$))/;
/** Words of English, too: a line of many words that begins with one and has no sign of code is prose. */
const KEYWORD = /^(?:import|export|const|return|function|class)\s/;
const PROSE = /^(?:[^\s(){}=;'"`]+\s+){4}[^(){}=;'"`]*$/;
/** One or two words and what parts them from the next: code does not begin so. */
const WORDS = /^\P{L}{0,3}\p{L}[\p{L}\p{M}'’-]*(?:[,)\]]*$|,? \p{L}[\p{L}\p{M}'’-]*(?:[,)\]]*$|[,.]? ))/u;
const CODE_ENDS = ';{}[(=';
/** Code ends so, and prose may. */
const CODE_OR_PROSE_ENDS = ',)]';
/** As much of a line as the patterns read. */
const HEAD_UNITS = 160;
const INDENTED_COLUMNS = 4;
const HEADING_COLUMNS = 3;

/**
 * The kind of the line at `text[from, to)`, whose words are at `text[start, end)`, by itself: what stands around it is not looked
 * at. Linear in the line.
 */
export function lineKind(text: string, { from, start, end }: Line): LineKind {
  if (start === end) return 'blank';
  const head = text.slice(start, Math.min(end, start + HEAD_UNITS));
  const kind = LETTER.test(head) ? null : kindOfSign(text, head, { from, start, end });
  if (kind !== null) return kind;
  if (CODE_START.test(head) || (KEYWORD.test(head) && !PROSE.test(head))) return 'code';
  if (start - from >= INDENTED_COLUMNS || text.charCodeAt(from) === TAB) return 'indented';
  const last = text.charAt(end - 1);
  if (CODE_ENDS.includes(last) || (CODE_OR_PROSE_ENDS.includes(last) && !WORDS.test(head))) return 'code';
  return 'text';
}

interface Line {
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

/** Of a line that begins with no letter; null where that says nothing of it. */
function kindOfSign(text: string, head: string, { from, start, end }: Line): LineKind | null {
  if (RULE.test(head) && RULE.test(text.slice(start, end))) return 'rule';
  const first = head.charAt(0);
  if (first === '|') return 'row';
  if (first === '>') return 'quote';
  if (first === '#' && start - from <= HEADING_COLUMNS && HEADING.test(head)) return 'heading';
  return ITEM.test(head) ? 'item' : null;
}
