import { type CellSeparator, cellsOf, type Place, type TableHeader, type TableRow, trimmed } from './table-rows.ts';
import { termSetOf } from './terms.ts';

/** How long what is shown may be, and how long a text is: in tokens or characters, as its reader counts. */
export interface Room {
  readonly maximum: number;
  readonly measure: (text: string) => number;
}

/** Stands for what is left out, columns or the rows between. */
const LEFT_OUT = '…';

/**
 * A row of a table under the names of its columns: stretches of the text as they stand there, with a sign where something is left
 * out between two. In less room than that, the columns whose name or cell has most of `weights`, a weight by term, then the
 * first, then the others from the left. One cell is always there, whole: only with a cell longer than the room is it longer.
 * Linear in the row.
 */
export function showRow(text: string, row: TableRow, weights: ReadonlyMap<string, number>, room: Room): string {
  const line = trimmed(text, row.from, row.to);
  const own = text.slice(line.from, line.to);
  const whole = row.header === null ? own : belowHeader(text, row.header, line.from, own);
  if (room.measure(whole) <= room.maximum) return whole;
  const columns = columnsOf(text, row);
  if (columns.length === 1) return whole;
  const words = columns.map(({ name, cell }) => ({ name: wordsAt(text, name), cell: wordsAt(text, cell) }));
  const chosen = chooseColumns(words, weights, room);
  let shown = render(text, row, columns, chosen);
  while (chosen.length > 1 && room.measure(shown) > room.maximum) {
    chosen.pop();
    shown = render(text, row, columns, chosen);
  }
  return shown;
}

/** What begins at `from`, below the header of its table; with the sign between, unless it stands there right below. */
export function belowHeader(text: string, header: TableHeader, from: number, shown: string): string {
  const { from: start, to } = trimmed(text, header.from, header.to);
  const end = header.rule?.to ?? to;
  const isRightBelow = trimmed(text, end, from).from === from;
  return isRightBelow ? text.slice(start, from) + shown : `${text.slice(start, to)}\n${LEFT_OUT}\n${shown}`;
}

interface Column {
  readonly name: Place | undefined;
  readonly cell: Place;
}

interface Words {
  readonly name: string;
  readonly cell: string;
}

function columnsOf(text: string, row: TableRow): Column[] {
  return cellsOf(text, row, row.separator).map((cell, at) => ({ name: row.header?.names[at], cell }));
}

function wordsAt(text: string, place: Place | undefined): string {
  return place === undefined ? '' : text.slice(place.from, place.to).trim();
}

/** Which columns there is room for, the most wanted first. */
function chooseColumns(columns: readonly Words[], weights: ReadonlyMap<string, number>, room: Room): number[] {
  const weightOf = ({ name, cell }: Words) =>
    [...termSetOf(`${name}\n${cell}`)].reduce((sum, term) => sum + (weights.get(term) ?? 0), 0);
  const weighed = columns.map((column, at) => ({ at, weight: weightOf(column) }));
  const wanted = weighed.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight || a.at - b.at);
  const others = weighed.filter(({ weight }) => weight === 0);
  const chosen: number[] = [];
  let size = 0;
  for (const { at, weight } of [...wanted, ...others]) {
    const { name, cell } = columns[at] as Words;
    const cost = room.measure(`| ${name} |`) + room.measure(`| ${cell} |`);
    if (chosen.length > 0 && size + cost > room.maximum) {
      // One that fits may follow, but of those that nobody asked for the first ones do.
      if (weight === 0) break;
      continue;
    }
    chosen.push(at);
    size += cost;
  }
  return chosen;
}

/** The chosen columns of header and row, each a line of its stretches. */
function render(text: string, row: TableRow, columns: readonly Column[], chosen: readonly number[]): string {
  const inOrder = chosen.toSorted((a, b) => a - b);
  const cells = lineOf(text, row, {
    cells: columns.map(({ cell }) => cell),
    chosen: inOrder,
    separator: row.separator,
  });
  if (row.header === null) return cells;
  const { header } = row;
  const names = lineOf(text, header, { cells: header.names, chosen: inOrder, separator: row.separator });
  const isMarked = names.endsWith(LEFT_OUT) || cells.startsWith(LEFT_OUT);
  return isMarked ? `${names}\n${cells}` : `${names}\n${LEFT_OUT}\n${cells}`;
}

interface ShownLine {
  readonly cells: readonly Place[];
  /** Ascending. */
  readonly chosen: readonly number[];
  readonly separator: CellSeparator;
}

function lineOf(text: string, line: Place, { cells, chosen, separator }: ShownLine): string {
  const parts: string[] = [];
  const leaveOut = () => {
    if (parts.at(-1) !== LEFT_OUT) parts.push(LEFT_OUT);
  };
  let next = 0;
  for (let at = 0; at < chosen.length; at++) {
    const first = chosen[at] as number;
    if (first > next) leaveOut();
    while (chosen[at + 1] === (chosen[at] as number) + 1) at++;
    const last = chosen[at] as number;
    next = last + 1;
    const stretch = withSeparators(text, line, cells[first], cells[last]);
    if (stretch !== '') parts.push(stretch);
  }
  if (next < cells.length) leaveOut();
  return parts.join(separator === '|' ? ' ' : '');
}

/** From a cell to another as they stand in their line, with what parts them from their neighbours. */
function withSeparators(text: string, line: Place, first: Place | undefined, last: Place | undefined): string {
  if (first === undefined || last === undefined) return '';
  const before = trimmed(text, line.from, first.from).to;
  const after = trimmed(text, last.to, line.to).from;
  return text.slice(Math.max(line.from, before - 1), Math.min(line.to, after + 1)).trim();
}
