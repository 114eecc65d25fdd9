import type { SourceUnit } from './source-unit.ts';

/** Of the lines that are not blank, how many are settings, names of sections or comments; and how many settings there are at least. */
const LEAST_SHARE = 0.8;
const LEAST_SETTINGS = 2;
/** "port = 8080", "user:name = 1", and the same commented out as it would be without being set. */
const SETTING = /^[^\S\n]*(?:[;#]|\/\/)?(?:export\s)?[\p{L}_][\p{L}\p{N}_.:[\]%-]{0,80}[^\S\n]{0,40}=(?!=)/u;
const SECTION = /^[^\S\n]*[;#]?\[{1,2}[^[\]\n]{1,100}\]{1,2}[^\S\n]*(?:[;#].*)?$/;
const COMMENT = /^[^\S\n]*(?:;|#|\/\/)/;
/** What is said behind a setting goes on in the next line, where it is indented so far. */
const GOES_ON = /^(?:\t|[^\S\n]{8})\s*(?:;|#|\/\/)/;
const SAYS_BEHIND = /\s(?:;|#|\/\/)\s?\S/;
/** Markdown has these, and shows settings within. */
const NOT_ONE = /^(?:```|~~~|#{2,6}\s+[\p{L}\p{N}`])/mu;
const MARKS = /^\s*(?:;|#|\/\/)*\s*/;
const MAXIMUM_UNDER_LENGTH = 300;
const BARE = /^[^\S\n]*(?:[;#=*-]|\/\/)*[^\S\n]*$/;

/** Whether a passage is of a file of settings of one line each, whatever begins its comments. */
export function hasSettingLines(text: string): boolean {
  if (!text.includes('=') || NOT_ONE.test(text)) return false;
  let [lines, settings, others] = [0, 0, 0];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    lines++;
    if (SETTING.test(line)) settings++;
    else if (SECTION.test(line) || COMMENT.test(line)) others++;
  }
  return settings >= LEAST_SETTINGS && settings + others >= LEAST_SHARE * lines;
}

type OpenUnit = { -readonly [Key in keyof SourceUnit]: SourceUnit[Key] };

/** Takes such a file apart: each setting with what is said behind it, under its section and the comment above. Linear. */
export function readSettingLines(text: string): SourceUnit[] {
  const units: OpenUnit[] = [];
  let [section, said, block, from] = ['', '', 0, 0];
  let setting: OpenUnit | null = null;
  for (const whole of text.split('\n')) {
    const start = from;
    from += whole.length + 1;
    const line = whole.trimEnd();
    const place = { from: start + (line.length - line.trimStart().length), to: start + line.length };
    const common = { ...place, block: block++, row: null, isNewPart: true } as const;
    if (BARE.test(line)) {
      setting = null;
      said = '';
    } else if (SECTION.test(line)) {
      section = /\[([^[\]]+)\]/.exec(line)?.[1] ?? '';
      setting = null;
      said = '';
    } else if (setting !== null && GOES_ON.test(line)) setting.to = place.to;
    else if (SETTING.test(line)) {
      const under = [section, said].filter(Boolean).join(' ').slice(0, MAXIMUM_UNDER_LENGTH);
      const unit: OpenUnit = { ...common, kind: 'code', saidOfSetting: null, under };
      units.push(unit);
      setting = SAYS_BEHIND.test(line) ? unit : null;
      said = '';
    } else {
      setting = null;
      const comment = line.replace(MARKS, '');
      units.push({ ...common, from: place.to - comment.length, kind: 'prose', under: section });
      said = `${said} ${comment}`.trim().slice(0, MAXIMUM_UNDER_LENGTH);
    }
  }
  return units;
}
