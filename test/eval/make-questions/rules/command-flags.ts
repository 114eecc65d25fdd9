import type { Fact, PackageDocument } from '../fact.ts';
import { linesOf, plainText, sentencesOf } from '../markdown.ts';

/** `  -o, --out FILE   Saves to a file` of a help text, or the same as an item of a list. */
const HELP = /^\s*(?:-\w,?\s+)?(--[a-z][\w-]+)(?:[= ][<[]?[\w.-]+[>\]]?)?(?:\s{2,}|\t+)([A-Z].+)$/;
const ITEM = /^\s*[-*+] +(?:`-\w`,? ?\/? ?)?`(?:-\w,? ?\/? ?)?(--[a-z][\w-]+)[^`]*`\s*[:–—-]+\s*(.+)$/;
const LEAST_WORDS = 3;

/** Command line flags with what they do. */
export function flagFacts(document: PackageDocument): Fact[] {
  return linesOf(document.text).flatMap((line) => {
    const found = (line.isCode ? HELP : ITEM).exec(line.text);
    const [, subject, said] = found ?? [];
    const answer = sentencesOf(plainText(said ?? ''))[0] ?? '';
    if (subject === undefined || answer.split(' ').length < LEAST_WORDS || answer.endsWith(':')) return [];
    return [{ kind: 'flag' as const, document, subject, answer, passage: line.text.trim() }];
  });
}
