import { cellsOf, type Place, type TableRow, trimmed } from './table-rows.ts';
import { termSetOf } from './terms.ts';

/** How long what is shown may be, and how long a text is: in tokens or characters, as its reader counts. */
export interface Room {
  readonly maximum: number;
  readonly measure: (text: string) => number;
}

/** Stands for columns that are left out. */
const LEFT_OUT = '…';

/**
 * A row of a table under the names of its columns, as both stand there. In less room than that, the columns whose name or cell
 * has most of `weights`, a weight by term, then the first, then the others from the left, with a sign where some are left out.
 * One cell is always there, whole: only with a cell longer than the room is it longer. Linear in the row.
 */
export function showRow(text: string, row: TableRow, weights: ReadonlyMap<string, number>, room: Room): string {
  const { from, to } = trimmed(text, row.from, row.to);
  const own = text.slice(from, to);
  const whole = row.header === null ? own : `${wordsAt(text, row.header)}\n${own}`;
  if (room.measure(whole) <= room.maximum) return whole;
  const columns = columnsOf(text, row);
  if (columns.length === 1) return whole;
  const chosen = chooseColumns(columns, weights, room);
  let shown = render(columns, chosen, row);
  while (chosen.length > 1 && room.measure(shown) > room.maximum) {
    chosen.pop();
    shown = render(columns, chosen, row);
  }
  return shown;
}

interface Column {
  readonly name: string;
  readonly cell: string;
}

function columnsOf(text: string, row: TableRow): Column[] {
  return cellsOf(text, row, row.separator).map((cell, at) => ({
    name: wordsAt(text, row.header?.names[at]),
    cell: wordsAt(text, cell),
  }));
}

function wordsAt(text: string, place: Place | undefined): string {
  if (place === undefined) return '';
  const { from, to } = trimmed(text, place.from, place.to);
  return text.slice(from, to);
}

/** Which columns there is room for, the most wanted first. */
function chooseColumns(columns: readonly Column[], weights: ReadonlyMap<string, number>, room: Room): number[] {
  const weightOf = ({ name, cell }: Column) =>
    [...termSetOf(`${name}\n${cell}`)].reduce((sum, term) => sum + (weights.get(term) ?? 0), 0);
  const weighed = columns.map((column, at) => ({ at, weight: weightOf(column) }));
  const wanted = weighed.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight || a.at - b.at);
  const others = weighed.filter(({ weight }) => weight === 0);
  const chosen: number[] = [];
  let size = 0;
  for (const { at, weight } of [...wanted, ...others]) {
    const { name, cell } = columns[at] as Column;
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

function render(columns: readonly Column[], chosen: readonly number[], { header, separator }: TableRow): string {
  const names: string[] = [];
  const cells: string[] = [];
  let next = 0;
  const skipTo = (at: number) => {
    if (at > next) for (const line of [names, cells]) line.push(LEFT_OUT);
    next = at + 1;
  };
  for (const at of chosen.toSorted((a, b) => a - b)) {
    skipTo(at);
    names.push(columns[at]?.name ?? '');
    cells.push(columns[at]?.cell ?? '');
  }
  skipTo(columns.length);
  const line = (parts: readonly string[]) => (separator === '|' ? `| ${parts.join(' | ')} |` : parts.join(separator));
  return header === null ? line(cells) : `${line(names)}\n${line(cells)}`;
}
