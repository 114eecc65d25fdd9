import type { Fact, FactKind, PackageDocument } from '../fact.ts';
import { linesOf, plainText, sentencesOf, tablesOf } from '../markdown.ts';

const NAMES =
  /^(?:.*\b(?:names?|options?|propert(?:y|ies)|props?|keys?|parameters?|arguments?|fields?|settings?|flags?|variables?|codes?|errors?)\b.*)$/;
const DEFAULTS = /^default(?:s| value)?s?$/;
const EXPLANATIONS = /^(?:desc|description|meaning|explanation|purpose|details?|notes?|effect|about)\b/;
const IDENTIFIER = /^(?:--?)?[A-Za-z_$@][\w$.:-]{2,}$/;
const NOTHING = /^(?:|-+|–|—|n\/?a|none|undefined|required|null|\?|"")$/i;
const MOST_DEFAULT_CHARACTERS = 60;
const LEAST_EXPLANATION_WORDS = 4;

/** Rows of `| option | default | description |` and the like: what is the default of it, and what is it for. */
export function tableFacts(document: PackageDocument): Fact[] {
  return tablesOf(linesOf(document.text)).flatMap(({ head, rows, title }) => {
    const explanationColumn = head.findIndex((name) => EXPLANATIONS.test(name));
    const defaultColumn = head.findIndex((name) => DEFAULTS.test(name));
    if (!NAMES.test(head[0] ?? '') || (explanationColumn < 1 && defaultColumn < 1)) return [];
    return rows.flatMap(({ line, cells }) => {
      const subject = plainText(cells[0] ?? '').replace(/\?$/, '');
      if (!IDENTIFIER.test(subject)) return [];
      const passage = line.text.trim();
      const facts: Fact[] = [];
      const value = plainText(cells[defaultColumn] ?? '');
      if (!NOTHING.test(value) && value.length <= MOST_DEFAULT_CHARACTERS && !subject.startsWith('-'))
        facts.push({ kind: 'default', document, subject, answer: value, passage });
      const answer = sentencesOf(plainText(cells[explanationColumn] ?? ''))[0] ?? '';
      if (answer.split(' ').length >= LEAST_EXPLANATION_WORDS)
        facts.push({ kind: kindOf(subject, `${head[0]} ${title.toLowerCase()}`), document, subject, answer, passage });
      return facts;
    });
  });
}

function kindOf(subject: string, around: string): FactKind {
  if (subject.startsWith('--')) return 'flag';
  if (/[a-z]Error$/.test(subject)) return 'error';
  if (!/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(subject)) return 'purpose';
  if (/\berr|ERR_/.test(`${around} ${subject}`)) return 'error';
  return /\benv/.test(around) ? 'variable' : 'purpose';
}
