import type { Fact, PackageDocument } from '../fact.ts';
import { linesOf, plainText, proseOf, sectionsOf } from '../markdown.ts';

/** A heading that is a call, or a name in code. */
const CALL =
  /^(?:`\s*(?:new\s+|await\s+)?([A-Za-z_$][\w$.]*)\s*\(.*\)[^`]*`|(?:new\s+)?([A-Za-z_$][\w$.]*)\s*\(.*\)|`([A-Za-z_$][\w$.]*)`)\\?$/;
const LEAST_NAME_CHARACTERS = 4;
const LEAST_WORDS = 6;

/** Headings that are the call of a function: what it does, what it returns, when it throws. */
export function functionFacts(document: PackageDocument): Fact[] {
  return sectionsOf(linesOf(document.text)).flatMap((section) => {
    const named = CALL.exec(section.title.trim());
    const subject = named?.[1] ?? named?.[2] ?? named?.[3];
    if (subject === undefined || subject.length < LEAST_NAME_CHARACTERS) return [];
    const sentences = proseOf(section, document.text);
    const facts: Fact[] = [];
    const add = (kind: Fact['kind'], passage: string | undefined) => {
      if (passage === undefined || passage.endsWith(':') || passage.split(/\s+/).length < LEAST_WORDS) return;
      facts.push({ kind, document, subject, answer: plainText(passage), passage });
    };
    add('purpose', sentences[0] !== undefined && /^[A-Z][a-z]+s\b/.test(sentences[0]) ? sentences[0] : undefined);
    add(
      'returns',
      sentences.find((sentence) => /^(?:Returns?|It returns|This (?:function|method) returns)\b/.test(sentence)),
    );
    add('throws', sentences.find(isCondition));
    return facts;
  });
}

/** A sentence that says when something is thrown. */
function isCondition(sentence: string): boolean {
  const isOfIt =
    /\b(?:throws|will throw|is thrown)\b/.test(sentence) &&
    /\b(?:if|when|unless|on|after|cannot|can't)\b/i.test(sentence);
  return isOfIt && !/^(?:For example|Like|Otherwise|However|Note)\b/.test(sentence);
}
