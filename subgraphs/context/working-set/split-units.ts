/** A stretch of a text that can be quoted by itself. */
export interface Unit {
  /** Place in the text, end excluded; blank around the words is left out. */
  readonly from: number;
  readonly to: number;
  readonly isHeading: boolean;
}

const LINE = /[^\n]+/g;
const SENTENCE_END = /[.!?]["'”’)\]]*(?=\s+["'“‘([]*[\p{Lu}\p{N}`])|[。！？]/gu;
/** Lines that stand for themselves: list items, table rows, code, quotes. */
const OWN_LINE = /^(?:\s{4,}|\t|\s*(?:[-*+|>]|\d{1,3}[.)])\s|\s*\|)|[;{}[\](),:=]\s*$|^\s*(?:\/\/|\/?\*|#!)/;
const HEADING = /^\s{0,3}#{1,6}\s/;
const FENCE = /^\s*(?:```|~~~)/;

/** Takes a text apart: headings, lines of lists and code one by one, prose by sentences, wrapped lines put together. */
export function splitUnits(text: string): Unit[] {
  const units: Unit[] = [];
  let paragraph: { from: number; to: number } | null = null;
  let inFence = false;
  const close = () => {
    if (paragraph !== null) units.push(...sentences(text, paragraph.from, paragraph.to));
    paragraph = null;
  };
  let lastEnd = 0;
  for (const match of text.matchAll(LINE)) {
    const [line] = match;
    const from = match.index;
    const to = from + line.length;
    const afterBlank = text.slice(lastEnd, from).split('\n').length > 2;
    lastEnd = to;
    if (afterBlank) close();
    if (line.trim() === '') {
      close();
    } else if (FENCE.test(line)) {
      close();
      inFence = !inFence;
    } else if (inFence || HEADING.test(line) || OWN_LINE.test(line)) {
      close();
      pushTrimmed(units, text, from, to, !inFence && HEADING.test(line));
    } else {
      paragraph = { from: paragraph === null ? from : (paragraph as { from: number }).from, to };
    }
  }
  close();
  return units;
}

function sentences(text: string, from: number, to: number): Unit[] {
  const units: Unit[] = [];
  const paragraph = text.slice(from, to);
  let start = 0;
  for (const match of paragraph.matchAll(SENTENCE_END)) {
    const end = match.index + match[0].length;
    pushTrimmed(units, text, from + start, from + end, false);
    start = end;
  }
  pushTrimmed(units, text, from + start, to, false);
  return units;
}

function pushTrimmed(units: Unit[], text: string, from: number, to: number, isHeading: boolean): void {
  let start = from;
  let end = to;
  while (start < end && text.charCodeAt(start) <= 32) start++;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  if (end > start) units.push({ from: start, to: end, isHeading });
}
