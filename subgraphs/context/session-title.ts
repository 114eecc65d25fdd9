import { ContractError } from '@supercontext/contract';
import { safeCut } from '@supercontext/text/safe-cut.ts';
import { checkText } from './check-delta.ts';

export const MAXIMUM_TITLE_CHARACTERS = 200;

/** Of a title that nobody gave: what a list has room for. */
const MOST_CHARACTERS = 80;
/** Read of a question at most: the first line of it is its title. */
const READ_CHARACTERS = 1_024;

/** The title of a session that nobody has named: the first line of its first question that says anything, null when none does. */
export function titleOfQuestion(question: string): string | null {
  const lines = question.slice(0, READ_CHARACTERS).split(/[\n\r\u2028\u2029]/);
  const line = lines.map((text) => text.replaceAll(/\s+/g, ' ').trim()).find((text) => text !== '');
  if (line === undefined) return null;
  const whole = line.toWellFormed();
  return whole.length <= MOST_CHARACTERS
    ? whole
    : `${whole.slice(0, safeCut(whole, MOST_CHARACTERS - 1, 0)).trimEnd()}…`;
}

/** @throws ContractError INPUT_INVALID, TEXT_INVALID */
export function checkTitle(title: string): void {
  if (title.length > MAXIMUM_TITLE_CHARACTERS) {
    throw new ContractError('INPUT_INVALID', `title: at most ${MAXIMUM_TITLE_CHARACTERS} characters`, {
      argument: 'title',
    });
  }
  checkText(title, { argument: 'title' });
}
