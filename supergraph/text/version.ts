/**
 * The version of what a text becomes: folding, words, stems, stop words. Whatever keeps terms keeps it with them, and makes
 * them again when it has risen; change it with any of these.
 */
export const TEXT_VERSION = 2;
