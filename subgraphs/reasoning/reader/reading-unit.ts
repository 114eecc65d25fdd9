import type { Place } from '@supercontext/text/table-rows.ts';

/** A sentence, row, line or item that may be quoted, with what it is read under. */
export interface ReadingUnit extends Place {
  /** What it is put together from, where that is no stretch without a break. */
  readonly stretches?: readonly Place[];
  /** Whether it is a setting in force, or as it is without being set; one that is only an example is none. */
  readonly isSetting?: boolean;
  /** Whether it is a row, and nobody says what its cells are. */
  readonly isNameless?: boolean;
  readonly kind: 'heading' | 'prose' | 'item' | 'code' | 'row';
  /** What it says in one line; of a row "column: cell; column: cell". */
  readonly text: string;
  /** Units of one block are read together: a paragraph, a list item with what belongs to it, lines of code without a blank between. */
  readonly block: number;
  /** Headings above it, the outermost first. */
  readonly headings: readonly Heading[];
  /** What it is a part of: the item it stands under, the line of code that encloses it, the sentence before a list. */
  readonly parents: readonly string[];
  /** The first sentence of its paragraph, of the others. */
  readonly first: string | null;
}

export interface Heading extends Place {
  readonly text: string;
}
