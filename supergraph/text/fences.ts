/** A line of backticks or tildes around lines of code. */
export interface Fence {
  /** Where its line begins. */
  readonly from: number;
  /** As "```". */
  readonly marks: string;
  /** The language that it names, and nothing else of its line: it opens, then, and closes nothing. Empty where there is none. */
  readonly name: string;
}

const FENCE = /(`{3,}|~{3,})([^`\r\n]{0,200})(?=[\r\n]|$)/y;

/** The lines of a text that may open or close a fence, in order. Linear. */
export function fencesOf(text: string): readonly Fence[] {
  return [...fencesWith(text, '`'), ...fencesWith(text, '~')].sort((a, b) => a.from - b.from);
}

function fencesWith(text: string, mark: string): Fence[] {
  const fences: Fence[] = [];
  for (let at = text.indexOf(mark.repeat(3)); at !== -1; at = text.indexOf(mark.repeat(3), at)) {
    let from = at;
    while (text[from - 1] === ' ' || text[from - 1] === '\t') from--;
    FENCE.lastIndex = at;
    const [, marks = '', name = ''] = (isLineStart(text, from) && FENCE.exec(text)) || [];
    if (marks !== '')
      fences.push({
        from,
        marks,
        name:
          name
            .trim()
            .split(/[\s,{]/)[0]
            ?.toLowerCase() ?? '',
      });
    while (text[at] === mark) at++;
  }
  return fences;
}

function isLineStart(text: string, at: number): boolean {
  return at === 0 || text[at - 1] === '\n' || text[at - 1] === '\r';
}

/**
 * What a fence does where `open` is open, marks or null: a longer fence has shorter ones in it as lines of code.
 * @param next The fence that follows
 */
export function roleOf(
  { marks, name }: Fence,
  open: string | null,
  next: Fence | undefined,
): 'opens' | 'closes' | 'code' {
  if (open === null) {
    // What follows opens one: this one closed what had been opened before the text was cut out of a longer one.
    return name === '' && next !== undefined && next.name !== '' && next.marks === marks ? 'closes' : 'opens';
  }
  if (name === '') return marks.startsWith(open) ? 'closes' : 'code';
  return marks === open ? 'opens' : 'code';
}
