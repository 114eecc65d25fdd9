import { safeCut } from '@supercontext/text/safe-cut.ts';

/** Characters of each end of a long question that are read. */
const QUERY_END_CHARACTERS = 2_000;
/** Less than a whole end, so that no word is parted. */
const CUT_CHARACTERS = 200;

/** A question tells what it wants at its beginning or its end; nobody need read the book between them. */
export function gist(question: string): string {
  if (question.length <= 2 * QUERY_END_CHARACTERS) return question;
  const latest = question.length - QUERY_END_CHARACTERS;
  const beginning = question.slice(0, safeCut(question, QUERY_END_CHARACTERS, 0));
  const end = question.slice(safeCut(question, latest + CUT_CHARACTERS, latest, latest - CUT_CHARACTERS));
  return `${beginning} ${end}`.toWellFormed();
}
