import type { Place } from '@supercontext/text/table-rows.ts';
import type { Unit } from '@supercontext/text/units.ts';

/** A unit, and what it stands under that its place does not show. */
export interface SourceUnit extends Unit {
  /** Of a comment the setting that it explains, of a setting what is said of it. */
  readonly under?: string;
  /** Whether nothing before it has to do with it. */
  readonly isNewPart?: boolean;
  /** Whether what is said behind it has units of its own. */
  readonly isComplete?: boolean;
  /** Of the line of a setting: the sentence that says what it is for; null where none does. */
  readonly saidOfSetting?: Place | null;
  /** Whether that is commented out with a blank behind the mark, as what is said is: an example. */
  readonly isExample?: boolean;
}
