import type { Fact, PackageDocument } from '../fact.ts';
import { itemsOf, linesOf, plainText, sectionsOf, sentencesOf } from '../markdown.ts';

const NAMED = /^\s*[-*+] +(?:\[?(?:\*\*)?`([\w$.-]+)\??`(?:\*\*)?\]?|\*\*([\w$.-]+)\*\*)(?:\([^)]*\))?/;
/** `default: x`, `defaults to x`, `Default is x`, or `(default x`, of a value that is marked as one. */
const DEFAULT =
  /(?:\bdefaults?(?: value)?(?:\**[:=]\**| is:?| to:?)\s*|(?:[(,–—-]|^)\s*\**default\**\s+)(?:`([^`\n]+)`|('[^'\n]*'|"[^"\n]*")|(-?\d[\d_,.]*(?<=\d)\w*(?: ?[KMG]i?B)?|true|false)(?![\w`]))/i;
const MOST_DEFAULT_CHARACTERS = 40;
const LEAST_NAME_CHARACTERS = 3;
const LEAST_EXPLANATION_WORDS = 5;

/** Items that begin with a name and say its default or what it is for, and headings that are a name with `Default: x` under them. */
export function listFacts(document: PackageDocument): Fact[] {
  const lines = linesOf(document.text);
  const facts: Fact[] = [];
  for (const item of itemsOf(lines)) {
    const [first, ...more] = item;
    const named = NAMED.exec(first?.text ?? '');
    const subject = named?.[1] ?? named?.[2];
    if (first === undefined || subject === undefined || subject.length < LEAST_NAME_CHARACTERS) continue;
    const passage = document.text.slice(first.from, more.at(-1)?.to ?? first.to).trim();
    const said = first.text.slice(named?.[0].length) + more.map(({ text }) => `\n${text}`).join('');
    facts.push(
      ...defaultFact({ document, subject, passage }, said),
      ...purposeFact({ document, subject, passage }, said),
    );
  }
  return [...facts, ...headingFacts(document)];
}

type Place = Pick<Fact, 'document' | 'subject' | 'passage'>;

function defaultFact(place: Place, said: string): Fact[] {
  const all = [...said.matchAll(new RegExp(DEFAULT, 'gi'))];
  const [found] = all;
  const answer = found?.[1] ?? found?.[2] ?? found?.[3];
  if (answer === undefined || all.length > 2 || answer.length > MOST_DEFAULT_CHARACTERS) return [];
  if (answer === place.subject || /^undefined$/.test(answer)) return [];
  return [{ kind: 'default', ...place, answer }];
}

function purposeFact(place: Place, said: string): Fact[] {
  // A signature and its type stand before what is said of them: where that begins cannot be told.
  if (/^\s*\(/.test(said) && /<br/.test(said)) return [];
  const plain = plainText(said)
    .replace(/^[\s:–—-]*/, '')
    .replace(/^(?:\([^)]*\)|\{[^}]*\}|<[^>]*>)[\s:–—-]*/, '')
    .replace(/^(?:\(?optional\)?|default:? \S+)[\s:.,–—-]*/gi, '');
  const answer = sentencesOf(plain)[0] ?? '';
  // What does not begin as a sentence does goes on with a type or a signature.
  if (!/^[A-Z][a-z]*s? [a-z]/.test(answer) || answer.split(' ').length < LEAST_EXPLANATION_WORDS) return [];
  if (/^(?:Default|Alias|See|Same|This|These|It|If|When|Note|Deprecated)\b/.test(answer)) return [];
  return [{ kind: 'purpose', ...place, answer }];
}

function headingFacts(document: PackageDocument): Fact[] {
  return sectionsOf(linesOf(document.text)).flatMap(({ title, heading, lines }) => {
    const subject = plainText(title);
    const line = lines.slice(0, 6).find(({ text, isCode }) => !isCode && /^\s*[-+*]?\s*\**default\b/i.test(text));
    if (line === undefined || !/^[A-Za-z_$][\w$.]{2,}$/.test(subject)) return [];
    const passage = document.text.slice(heading.from, line.to).trim();
    return defaultFact({ document, subject, passage }, line.text);
  });
}
