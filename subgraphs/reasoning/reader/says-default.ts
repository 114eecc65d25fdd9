import { termsOf } from '@supercontext/text/terms.ts';

/** The ways in which manuals say that something is a default; `defaultParser` is a name, and "instead of the default parser" says nothing of it. */
const DEFAULT =
  /\bdefaults?["'`*_]*((?:\s[^\s.;]{1,40}){0,3}?)\s*(?:[:=]|\s(?:is|are|to)\b)|[(,;[]\s*default\s|\bby\sdefault\b|\bdefaulted\sto\b|\b(?:vorgabe|voreinstellung|standard(?:wert)?)(?:\s?:|\s(?:ist|sind|sei)\b)|\b(?:ist|als)\s(?:die\s)?(?:vorgabe|voreinstellung|standard(?:wert)?)\b|\b(?:standardmäßig|voreingestellt)\b/giu;
const MOST_LOOKED_AT = 8;
/** Of anything. */
const ANYTHING = new Set(termsOf('value setting values settings option behaviour behavior configuration'));

/** Whether a text says that something is a default, and not of a thing that is not asked about: "the default shape is …". */
export function saysDefault(text: string, asked: ReadonlySet<string>): boolean {
  return Iterator.from(text.matchAll(DEFAULT))
    .take(MOST_LOOKED_AT)
    .some(([, of = '']) => {
      const terms = termsOf(of);
      return terms.length === 0 || terms.some((term) => asked.has(term) || ANYTHING.has(term));
    });
}
