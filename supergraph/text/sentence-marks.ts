/** Marks that ask, in any script; the Greek one, which is a semicolon elsewhere, is not among them. */
export const QUESTION_MARKS = '?？؟⁇⁈՞፧꘏';

/** Marks that end a sentence only before a blank: inside words, numbers and paths they are something else. */
export const SPACED_MARKS = '.!?…‼⁇⁈⁉‽՞՜';

/** Marks that end a sentence wherever they stand: scripts that have them put no blank there, or need none. */
export const CERTAIN_MARKS = '。！？｡．﹒﹖﹗︒؟۔।॥။።፧፨។៕։׃།༎᠃᠉꘎꘏᱾᱿';

/** What closes a quotation or a bracket behind a mark, and can open none. */
export const CLOSING = '”’»›)]}」』】）》〉〕';

/** What closes as well as it opens: straight quotes and the emphasis of Markdown. */
export const CLOSING_OR_OPENING = '"\'`*_~';
