/** The smallest piece that is kept or dropped whole: a sentence, a heading, a list item or a line of code. */
export interface Unit {
  readonly text: string;
  readonly isHeading: boolean;
  /** Number of its paragraph; units of one paragraph are joined by a space, all others by a line break. */
  readonly block: number;
}

/** A longer sentence or line is cut at a space: minified code has no other ends, and one unit must not fill a summary. */
export const MAXIMUM_UNIT_CHARACTERS = 400;
const MINIMUM_CUT_CHARACTERS = 240;

const FENCE = /^\s*(```|~~~)/;
const HEADING = /^ {0,3}#{1,6}\s+\S/;
const UNDERLINE = /^\s*([=\-~^*_+#|:\s])\1*[\s|:=-]*$/;
const SENTENCE_END = /[.!?]+["'”’)\]]*\s+(?=["'“‘([]?[\p{Lu}\p{N}])|[。！？]+/gu;

/** Ends in a dot, but ends no sentence. */
const ABBREVIATION = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|al|Mr|Mrs|Ms|Dr|Prof|St|No|Fig|Eq|approx|\p{Lu})\.$/u;

/** Splits `text` into units in order. Blank lines, fences and rules are dropped; every other character is in a unit. */
export function splitUnits(text: string): Unit[] {
  const units: Unit[] = [];
  let block = 0;
  let inCode = false;
  let paragraph = '';
  const endParagraph = () => {
    if (paragraph !== '') for (const sentence of sentencesOf(paragraph)) push(units, sentence, false, block);
    paragraph = '';
    block++;
  };
  for (const line of text.split(/\r\n|[\n\r]/)) {
    if (FENCE.test(line)) {
      endParagraph();
      inCode = !inCode;
    } else if (inCode || isCode(line)) {
      endParagraph();
      if (/[\p{L}\p{N}]/u.test(line)) push(units, line.trim(), false, block);
    } else if (HEADING.test(line)) {
      endParagraph();
      push(units, line.trim(), true, block);
    } else if (line.trim() === '' || UNDERLINE.test(line)) {
      endParagraph();
    } else if (/^\s*(?:[-*+•]|\d+[.)]|\|)\s/.test(line)) {
      endParagraph();
      paragraph = line.trim();
    } else {
      paragraph = paragraph === '' ? line.trim() : `${paragraph} ${line.trim()}`;
    }
  }
  endParagraph();
  return units;
}

/** Whether a line outside a fence reads as code: each line of it then stands alone. */
function isCode(line: string): boolean {
  return /^(?: {4}|\t)|[;{}]\s*$|^\s*(?:\/\/|\/?\*|import |export |const |return |function |class |@)/.test(line);
}

function* sentencesOf(paragraph: string): Generator<string> {
  let start = 0;
  for (const match of paragraph.matchAll(SENTENCE_END)) {
    const end = match.index + match[0].length;
    const sentence = paragraph.slice(start, end).trim();
    if (sentence === '' || ABBREVIATION.test(sentence)) continue;
    yield sentence;
    start = end;
  }
  const rest = paragraph.slice(start).trim();
  if (rest !== '') yield rest;
}

function push(units: Unit[], text: string, isHeading: boolean, block: number): void {
  let rest = text;
  while (rest.length > MAXIMUM_UNIT_CHARACTERS) {
    const space = rest.lastIndexOf(' ', MAXIMUM_UNIT_CHARACTERS);
    let cut = space >= MINIMUM_CUT_CHARACTERS ? space : MAXIMUM_UNIT_CHARACTERS;
    // Never between the two halves of a character outside the basic plane.
    if (isLowSurrogate(rest.charCodeAt(cut))) cut--;
    units.push({ text: rest.slice(0, cut), isHeading, block });
    rest = rest.slice(cut).trimStart();
  }
  if (rest !== '') units.push({ text: rest, isHeading, block });
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
