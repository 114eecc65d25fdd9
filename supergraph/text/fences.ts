/** A line of backticks or tildes around lines of code. */
export interface Fence {
  /** Where its line begins. */
  readonly from: number;
  /** As "```". */
  readonly marks: string;
  /** Whether it names a language: it opens, then, and closes nothing. */
  readonly isNamed: boolean;
}

const FENCE = /^[^\S\r\n]*(`{3,}|~{3,})([^`\r\n]{0,200})$/gm;

/** The lines of a text that may open or close a fence, in order. Linear. */
export function fencesOf(text: string): readonly Fence[] {
  if (!text.includes('```') && !text.includes('~~~')) return [];
  return Array.from(text.matchAll(FENCE), ({ index, 1: marks = '', 2: name = '' }) => ({
    from: index,
    marks,
    isNamed: name.trim() !== '',
  }));
}

/**
 * What a fence does where `open` is open, marks or null: a longer fence has shorter ones in it as lines of code.
 * @param next The fence that follows
 */
export function roleOf(
  { marks, isNamed }: Fence,
  open: string | null,
  next: Fence | undefined,
): 'opens' | 'closes' | 'code' {
  if (open === null) {
    // What follows opens one: this one closed what had been opened before the text was cut out of a longer one.
    return !isNamed && next?.isNamed === true && next.marks === marks ? 'closes' : 'opens';
  }
  if (!isNamed) return marks.startsWith(open) ? 'closes' : 'code';
  return marks === open ? 'opens' : 'code';
}
