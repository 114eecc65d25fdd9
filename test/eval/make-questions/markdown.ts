/** A line of a document, without its end. */
export interface Line {
  readonly text: string;
  /** Place of its first character in the document. */
  readonly from: number;
  /** Place after its last character. */
  readonly to: number;
  /** Whether it stands in a block of code, or is the fence of one. */
  readonly isCode: boolean;
}

/** What stands under a heading, up to the next heading of any level. */
export interface Section {
  /** As written, without the signs of the heading. */
  readonly title: string;
  readonly heading: Line;
  /** Lines after the heading. */
  readonly lines: readonly Line[];
}

export interface TableRow {
  readonly line: Line;
  readonly cells: readonly string[];
}

export interface Table {
  /** Plain and in lower case. */
  readonly head: readonly string[];
  readonly rows: readonly TableRow[];
  /** Title of the section it stands in, plain. */
  readonly title: string;
}

const FENCE = /^\s*(?:```|~~~)/;
const HEADING = /^#{1,6} +(.+?)[ #]*$/;

export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let from = 0;
  let isCode = false;
  for (const whole of text.split('\n')) {
    const line = whole.replace(/\r$/, '');
    const isFence = FENCE.test(line);
    lines.push({ text: line, from, to: from + line.length, isCode: isCode || isFence });
    if (isFence) isCode = !isCode;
    from += whole.length + 1;
  }
  return lines;
}

export function sectionsOf(lines: readonly Line[]): Section[] {
  const sections: { title: string; heading: Line; lines: Line[] }[] = [];
  for (const line of lines) {
    const title = line.isCode ? undefined : HEADING.exec(line.text)?.[1];
    if (title !== undefined) sections.push({ title, heading: line, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

export function tablesOf(lines: readonly Line[]): Table[] {
  const tables: Table[] = [];
  let title = '';
  for (let at = 0; at + 1 < lines.length; at++) {
    const line = lines[at];
    if (line === undefined || line.isCode) continue;
    title = HEADING.exec(line.text)?.[1] ?? title;
    if (!line.text.includes('|') || !/^\s*\|?[\s:|-]*-[\s:|-]*$/.test(lines[at + 1]?.text ?? '')) continue;
    const head = cellsOf(line.text).map((cell) => plainText(cell).toLowerCase());
    if (head.length < 2 || cellsOf(lines[at + 1]?.text ?? '').length !== head.length) continue;
    const rows: TableRow[] = [];
    for (at += 2; at < lines.length && lines[at]?.text.includes('|'); at++) {
      const row = lines[at];
      if (row === undefined) break;
      const cells = cellsOf(row.text);
      if (cells.length === head.length) rows.push({ line: row, cells });
    }
    tables.push({ head, rows, title: plainText(title) });
  }
  return tables;
}

function cellsOf(row: string): string[] {
  const inner = row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim());
}

/** What a reader sees of Markdown: no marks, links by their text, no HTML, one space between words. Code stays as it is. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])/g, '')
    .replace(/\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .split(/(`[^`\n]+`)/)
    .map((part, at) => (at % 2 === 1 ? part.slice(1, -1) : plainProse(part)))
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
}

function plainProse(markdown: string): string {
  return markdown
    .replace(/<\/?[a-z][^>]*>/gi, '')
    .replace(/[`\\]/g, '')
    .replace(/(?<![\w*])(\*{1,3}|_{1,2}|~~)(?=\S)(.+?)(?<=\S)\1(?![\w*])/g, '$2');
}

/** Sentences of the running text of a section, as they stand in the document: no lists, tables, quotations, code or HTML. */
export function proseOf(section: Section, text: string): string[] {
  const sentences: string[] = [];
  for (const paragraph of paragraphsOf(section.lines)) {
    const first = paragraph[0];
    const last = paragraph.at(-1);
    if (first === undefined || last === undefined || /^\s*(?:[-*+>|<#]|\d+[.)]|\[[^\]]+\]:| {4})/.test(first.text))
      continue;
    sentences.push(...sentencesOf(text.slice(first.from, last.to).trim()));
  }
  return sentences;
}

export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?:][)"'`*]{0,2})(?<!\b(?:e\.g|i\.e|etc|vs|cf|resp)\.)\s+(?=[A-Z`[*_"(])/)
    .map((sentence) => sentence.trim());
}

function* paragraphsOf(lines: readonly Line[]): Generator<readonly Line[]> {
  let paragraph: Line[] = [];
  for (const line of lines) {
    if (!line.isCode && line.text.trim() !== '') {
      paragraph.push(line);
      continue;
    }
    if (paragraph.length > 0) yield paragraph;
    paragraph = [];
  }
  if (paragraph.length > 0) yield paragraph;
}

/** An item of a list with its further lines, without items under it. */
export function itemsOf(lines: readonly Line[]): (readonly Line[])[] {
  const items: Line[][] = [];
  let isOpen = false;
  for (const line of lines) {
    if (line.isCode || line.text.trim() === '') isOpen = false;
    else if (/^\s*[-*+] +\S/.test(line.text)) {
      items.push([line]);
      isOpen = true;
    } else if (isOpen && /^\s{2,}\S/.test(line.text)) items.at(-1)?.push(line);
    else isOpen = false;
  }
  return items;
}
