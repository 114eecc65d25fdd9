import type { Fact, PackageDocument } from '../fact.ts';
import { linesOf, plainText, proseOf, sectionsOf } from '../markdown.ts';

const VARIABLE = /`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g;

/** Sentences about one environment variable. */
export function variableFacts(document: PackageDocument): Fact[] {
  return sectionsOf(linesOf(document.text)).flatMap((section) =>
    proseOf(section, document.text).flatMap((passage) => {
      const names = new Set([...passage.matchAll(VARIABLE)].map(([, name]) => name));
      const [subject] = names;
      if (subject === undefined || names.size > 1 || !/\benv(?:ironment)? var/i.test(passage)) return [];
      return [{ kind: 'variable' as const, document, subject, answer: plainText(passage), passage }];
    }),
  );
}
