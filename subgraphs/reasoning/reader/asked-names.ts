import { hasSignsOfName, MAXIMUM_NAMES, withoutJs } from '@supercontext/text/names.ts';
import { termsOf } from '@supercontext/text/terms.ts';

/** A name, version, identifier or other piece of code in a question: it is met as a whole, or not at all. */
export interface AskedName {
  readonly text: string;
  /** What it consists of. */
  readonly terms: readonly string[];
  /** Whether a text has it, however its parts are joined. */
  readonly standsIn: (text: string) => boolean;
}

/** Tokens told from words by digits, signs within, or capitals within; and what stands in quotes or backticks. */
const NAME =
  /`([^`\n]{1,80})`|"([^"\n]{1,80})"|“([^”\n]{1,80})”|(?<![\p{L}\p{N}_@/.-])(--?\p{L}[\p{L}\p{N}-]*|[@\p{L}\p{N}_$](?:[\p{L}\p{N}_$@/.:-]*[\p{L}\p{N}_$])?)/gu;
/** A number of a question stands in its answer as it is. */
const NUMBER = /^\p{N}+$/u;

/** Names in a question, in order, each once. */
export function askedNames(question: string): AskedName[] {
  const names = new Map<string, AskedName>();
  for (const [whole, ticked, quoted, curled, plain] of question.matchAll(NAME)) {
    const text = (ticked ?? quoted ?? curled ?? plain ?? whole).trim();
    const isMarked = plain === undefined && !/\s\S+\s/u.test(text);
    if (names.size === MAXIMUM_NAMES || names.has(text) || !(isMarked || hasSignsOfName(text) || NUMBER.test(text)))
      continue;
    const terms = [...new Set(termsOf(text))];
    if (terms.length > 0) names.set(text, { text, terms, standsIn: matcherOf(text) });
  }
  return [...names.values()];
}

/** Stands where a name was. */
export const NAME_MARK = '▯';

/** A question without the names in it, which are no words whatever they say. */
export function withoutNames(question: string, names: readonly AskedName[]): string {
  return names.reduce((rest, { text }) => rest.replaceAll(text, NAME_MARK), question);
}

/** Letters and digits in their order, with any sign or none between parts: `keepAlive`, `keep_alive`, `keep-alive`. */
function matcherOf(asked: string): (text: string) => boolean {
  const name = withoutJs(asked);
  const isVersion = /^v?\d+(?:\.\d+)+/iu.test(name);
  const parts = name.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{M}]+|\p{Lu}+|\p{N}+/gu);
  if (parts === null || parts.length > 24) {
    const wanted = name.toLowerCase();
    return (text) => text.toLowerCase().includes(wanted);
  }
  const body = isVersion ? name.replace(/^v/iu, '').replaceAll('.', '\\.') : parts.join('[-_.:/@ ]?');
  const safe = isVersion ? body.replace(/[^\w\\.]/g, '\\$&') : body;
  const before = isVersion ? '(?<![\\p{N}.])v?' : '(?<![\\p{L}\\p{N}_]|[\\p{L}\\p{N}][-])';
  const after = isVersion ? '(?!\\.?\\p{N})' : '(?![\\p{L}\\p{N}_]|-[\\p{L}])';
  const pattern = new RegExp(`${before}${safe}${after}`, 'iu');
  return (text) => pattern.test(text);
}
