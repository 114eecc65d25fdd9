/** A mark that a question ends with, in any script, what closes a quotation behind it. */
const QUESTION_END = /[?？؟⁇⁈՞;፧꘏]["'”’»」』）)\]\s]*$/u;
/** Particles that make a sentence a question where no mark does. */
const PARTICLE_END = /(?:吗|嗎|呢|么|か|かな|까요?|니|나요)[。．.!！\s]*$/u;
/** A sentence without any mark at its end that begins with one of these asks. */
const ASKING_WORD =
  /^(?:what|who|whom|whose|when|where|which|why|how|is|are|was|were|do|does|did|can|could|should|would|will|has|have|wer|was|wann|wo|warum|wie|welche[rs]?|qui|que|quoi|quand|où|pourquoi|comment|quel(?:le)?s?|qué|quién|cuándo|dónde|cómo|cuál|chi|cosa|quando|dove|perché|come|quale|как|что|кто|когда|где|почему|какой|какая|какие)(?=[\s'’]|$)/iu;
const SENTENCE = /[^.!?？！。؟।။។\n]+(?:[.!?？！。؟।။។]+["'”’»」』）)\]]*|\n|$)/gu;
const ENDS_MARKED = /[.!。！।။។:…]["'”’»」』）)\]\s]*$/u;

/** Whether a sentence asks, by its mark, by its particle, or by how it begins. */
export function isQuestion(sentence: string): boolean {
  const text = sentence.trim();
  if (QUESTION_END.test(text) || PARTICLE_END.test(text)) return true;
  return !ENDS_MARKED.test(text) && ASKING_WORD.test(text);
}

/** Whether a text asks and states nothing: all its sentences are questions. */
export function onlyAsks(text: string): boolean {
  const sentences = (text.match(SENTENCE) ?? []).filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
  return sentences.length > 0 && sentences.every(isQuestion);
}

/** Whether a question is about what its reader said before: "what did you answer about …". English. */
export function asksOfEarlierAnswers(question: string): boolean {
  return /\b(?:did|have|had) you\b[^.?!]{0,40}\b(?:answer|repl[yi]|sa(?:y|id)|t(?:ell|old)|wr[io]t|mention|suggest|recommend|explain|propose|claim)|\byour? (?:earlier |previous |last |first )?(?:answer|reply|suggestion|recommendation|explanation|said|told|wrote|answered|mentioned|suggested)/i.test(
    question,
  );
}
