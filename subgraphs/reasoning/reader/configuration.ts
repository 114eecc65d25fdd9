import type { Place } from '@supercontext/text/table-rows.ts';

/** Lines of comments that follow each other without a blank line between are seldom headings. */
const LEAST_PAIRS = 3;
const LEAST_SHARE = 0.5;
const COMMENT_LINE = /^[^\S\n]*#(?![!#])/;
/** A comment, and not a setting that is commented out: "#port = 5432" is none, "# port of the ledger" is one. */
const SAYS = /^[^\S\n]*#+(?:\s|$)/;
/** Markdown has these, and shows comments of programs within. */
const NOT_ONE = /^(?:```|~~~|#{2,6}\s+[\p{L}\p{N}`])/mu;
const MARKS = /^[^\S\n]*#+/;
const RULE = /^[\s#=\-*~_+]*$/;
/** A setting that is commented out: "# keep-alive 30", "#port = 5432", "# heat: 12". */
const COMMENTED_OUT =
  /^[^\S\n]*#(?:[\p{L}_][\w.-]{1,60}\s*[=:]\s*\S|\s*[\p{L}_][\w.-]{1,60}\s*=\s*\S|\s*(?=\S*[-_.])[\p{Ll}_][\w.-]{2,60}(?::\s+\S+|(?:\s+\S{1,80}){1,3})\s*$)/u;
const ENDS_SENTENCE = /[.,;!?:]\s*$/;
/** The explanation behind a setting goes on in the next line. */
const GOES_ON = /^(?:\t|[^\S\n]{8})\s*#/;

/** A run of lines without a blank one: what is said, and the settings it is said of. */
export interface SettingEntry extends Place {
  readonly comments: readonly Place[];
  readonly settings: readonly Place[];
}

/** Whether a passage is of a file of settings with comments. */
export function isConfiguration(text: string): boolean {
  if (!text.includes('#') || NOT_ONE.test(text)) return false;
  let [comments, pairs] = [0, 0];
  let wasComment = false;
  for (const line of text.split('\n')) {
    const isComment = COMMENT_LINE.test(line);
    if (isComment) {
      comments++;
      if (wasComment) pairs++;
    }
    wasComment = isComment;
  }
  return pairs >= LEAST_PAIRS && pairs >= comments * LEAST_SHARE;
}

/** The text with blanks in place of the marks of comments, of the same length. */
export function withoutCommentMarks(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      RULE.test(line)
        ? ' '.repeat(line.length)
        : SAYS.test(line)
          ? line.replace(MARKS, (marks) => ' '.repeat(marks.length))
          : line,
    )
    .join('\n');
}

/** Takes a file of settings apart. */
export function settingEntries(text: string): SettingEntry[] {
  const entries: SettingEntry[] = [];
  let [comments, settings]: [Place[], Place[]] = [[], []];
  let from = 0;
  const close = (to: number) => {
    const [first] = [...comments, ...settings].sort((one, other) => one.from - other.from);
    if (first !== undefined) entries.push({ from: first.from, to, comments, settings });
    [comments, settings] = [[], []];
  };
  for (const line of text.split('\n')) {
    const place = { from, to: from + line.length };
    from = place.to + 1;
    if (line.trim() === '' || (RULE.test(line) && line.length > 8)) close(place.from);
    else if (isSetting(line)) settings.push(place);
    else if (GOES_ON.test(line) && settings.at(-1)?.to === place.from - 1)
      settings.push({ from: (settings.pop() as Place).from, to: place.to });
    else {
      const last = comments.at(-1);
      if (last?.to === place.from - 1) comments[comments.length - 1] = { from: last.from, to: place.to };
      else comments.push(place);
    }
  }
  close(text.length);
  return entries;
}

function isSetting(line: string): boolean {
  if (!COMMENT_LINE.test(line)) return !RULE.test(line);
  return COMMENTED_OUT.test(line) && !ENDS_SENTENCE.test(line);
}
