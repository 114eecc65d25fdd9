import { cellsOf, type TableHeader, type TableRow } from './table-rows.ts';
import { termSetOf } from './terms.ts';

/** What the names of columns say of the rows of one text, each table's header read once. */
export class ColumnTerms {
  readonly #text: string;
  readonly #isWanted: (term: string) => boolean;
  readonly #ofHeader = new Map<TableHeader, readonly (readonly string[])[]>();

  /** @param isWanted Which terms are looked for: a row has few of them, however long its header is. */
  constructor(text: string, isWanted: (term: string) => boolean) {
    this.#text = text;
    this.#isWanted = isWanted;
  }

  /** The wanted terms in the names of those columns in which the row says something; none where it has no header. */
  of(row: TableRow | null): ReadonlySet<string> {
    if (row === null || row.header === null) return new Set();
    const columns = this.#columnsOf(row.header);
    if (columns.length === 0) return new Set();
    const cells = cellsOf(this.#text, row, row.separator);
    return new Set(cells.flatMap(({ from, to }, column) => (to > from ? (columns[column] ?? []) : [])));
  }

  /** Wanted terms by column, as far as the last column that has any. */
  #columnsOf(header: TableHeader): readonly (readonly string[])[] {
    const known = this.#ofHeader.get(header);
    if (known !== undefined) return known;
    const terms = header.names.map(({ from, to }) =>
      [...termSetOf(this.#text.slice(from, to))].filter((term) => this.#isWanted(term)),
    );
    const columns = terms.slice(0, terms.findLastIndex(({ length }) => length > 0) + 1);
    this.#ofHeader.set(header, columns);
    return columns;
  }
}
