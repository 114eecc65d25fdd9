/**
 * The version of what a text becomes: folding, words, stems, stop words. Whatever keeps terms keeps it with them, and makes
 * them again when it has risen; change it with any of these. How a text is taken apart is not in it: no index keeps units, and
 * summaries, which are made of them, have a version of their own that carries this one.
 */
export const TEXT_VERSION = 3;
