import { cellsOf, type Place, type TableRow } from '@supercontext/text/table-rows.ts';
import { plainWords } from './plain-words.ts';

/**
 * A row as its columns' names say it; what has no name, or nothing in it, is told without or not at all. Where no column has a name and a
 * cell is empty, only places tell what is whose: the row as it stands.
 */
export function tellRow(text: string, row: TableRow): string {
  const cells = cellTexts(text, row);
  const isWhole = row.header !== null || row.separator !== '|' || cells.every(({ cell }) => cell !== '');
  if (!isWhole && cells.length > 2) return plainWords(text.slice(row.from, row.to));
  return cells
    .filter(({ cell }) => cell !== '' && !/^[-–—]+$/.test(cell))
    .map(({ name, cell }, at) => (name === '' || at === 0 ? cell : `${name}: ${cell}`))
    .join('; ');
}

/** The cells of a row with the names of their columns. */
function cellTexts(text: string, row: TableRow): { readonly name: string; readonly cell: string }[] {
  return cellsOf(text, row, row.separator).map(({ from, to }, at) => {
    const place = row.header?.names[at];
    const name = place === undefined ? '' : plainWords(text.slice(place.from, place.to));
    return { name, cell: plainWords(text.slice(from, to)) };
  });
}

const BEGINS_GRID = /^[^\S\n]*\r?\n[^\S\n]*\+-/;
const GRID_RULE = /^[^\S\n]*\+[-+]+[^\S\n]*$/;
/** As many lines of a table show whether its rows are parted. */
const LINES_LOOKED_AT = 24;
const LONGEST_LOOKED_AT = 8_192;

/** Whether a table whose first row is at `first` is a grid of which nothing parts that row from the others more than those from each other. */
export function isGridWithoutNames(text: string, first: Place): boolean {
  if (!BEGINS_GRID.test(text.slice(first.to, first.to + 64))) return false;
  const lines = text
    .slice(first.to, first.to + LONGEST_LOOKED_AT)
    .replace(/^[^\S\n]*\r?\n/, '')
    .split(/\r?\n/, LINES_LOOKED_AT);
  if (!GRID_RULE.test(lines[0] ?? '')) return false;
  const again = lines.findIndex((line, at) => at > 0 && GRID_RULE.test(line));
  return again > 1 && /^\s*\|/.test(lines[again + 1] ?? '');
}
