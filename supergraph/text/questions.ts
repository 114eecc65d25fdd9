import { CERTAIN_MARKS, CLOSING, QUESTION_MARKS } from './sentence-marks.ts';
import { sentenceEnd } from './sentences.ts';

const CLOSERS = `"'${CLOSING.replace(']', '\\]')}`;
/** A mark that a question ends with, in any script, what closes a quotation behind it. A semicolon asks in Greek only. */
const QUESTION_END = new RegExp(`(?:[${QUESTION_MARKS}]|(?<=\\p{Script=Greek})[;\u037e])[!！]*[${CLOSERS}\\s]*$`, 'u');
/** Endings that make a sentence of these languages a question and nothing else: か or 니까 alone end many a statement. */
const ASKING_END =
  /(?:[吗嗎]|(?:です|ます|でした|ました|ません|でしょう|だろう)か|[습입합됩]니까|(?:있|없|하|되|였|었|았|했|겠)나요|[인은는던]가요|(?<!니)까요)[。．.!！\s]*$/u;
/** Statements end so, whatever they begin with; and a colon or a dash within puts an answer behind what was asked. */
const STATES = new RegExp(`(?![${QUESTION_MARKS}])[.!:…${CERTAIN_MARKS}][${CLOSERS}\\s]*$|[:：=]|\\s[-–—]\\s`, 'u');
/**
 * Beginnings that only questions have in English and German, also without a mark: a question word and its verb, or a verb before
 * its subject. A question word alone begins titles and relative clauses ("Who is late pays", "What matters is …", "When Mia is
 * away …"), a verb alone names ("Will Turner") and orders.
 */
const ASKING_START = new RegExp(
  `^(?:(?:and|und|so|but|aber)\\s+)?(?:${[
    "(?:what|who|where|how|which)['’]s",
    '(?:what|where|why|how|which|who|whose)\\s+(?:is|are|was|were|do|does|did|has|have|can|could|should|would|will)',
    'when\\s+(?:is|are|was|were|do|does|did|can|could|should|would|will)',
    '(?:what\\s+(?!\\p{L}+s\\s)|which\\s+|whose\\s+|how\\s+)\\p{L}+\\s+(?:is|are|was|were|do|does|did|has|have|can|could|should|would|will)',
    '(?:is|are|was|were|does|did|can|could|would|will|has)\\s+(?:the|an?|this|that|these|those|there|it|he|she|we|you|they|i|my|your|our|their|any(?:one|body|thing)?)',
    '(?:do|have)\\s+(?:we|you|they|i)',
    '(?:was|wer|wo|wann|wie|warum|wieso|welche[rsn]?)\\s+(?:ist|sind|war|waren|hat|haben|heißt|heißen|lautet|kann|wird)',
    '(?:welche[rsn]?\\s+\\p{L}+|wie\\s+(?:hoch|lang|lange|groß|viele?|alt|oft|weit|teuer|schnell))\\s+(?:ist|sind|war|waren|hat|haben|kostet|kosten|kann|wird)',
  ].join('|')})(?=\\s)`,
  'iu',
);
/** Words that ask where a mark says that something is asked: first in their clause, or anywhere in scripts without blanks. */
const ASKING_WORD =
  /^(?:(?:and|or|but|so|und|oder|et|ou|y|e|o|и|а)\s+)?(?:what|who|whom|whose|when|where|which|why|how|is|are|was|were|do|does|did|can|could|should|would|will|has|have|wer|wen|wem|wann|wo|wohin|woher|warum|wieso|wie|welche[rsnm]?|qui|que|quoi|quand|où|pourquoi|comment|combien|quel(?:le)?s?|est-ce|qué|quién(?:es)?|cuándo|dónde|cómo|cuál(?:es)?|cuánt[oa]s?|chi|che|cosa|quando|dove|perché|come|quale|quanto|qual|quem|onde|como|как|что|кто|когда|где|почему|зачем|сколько|какой|какая|какое|какие)(?=[\s'’]|$)|[什谁誰哪几幾]|多少|怎么|怎麼|怎样|如何|为何|為何|为什么|為什麼|いつ|どこ|どの|どれ|どう|なぜ|なに|なん|何|だれ|いくら|いくつ|무엇|무슨|뭐|누구|누가|언제|어디|어떻|어느|왜|몇|얼마/iu;
/** What only places or greets: "In the north harbour, …", "If it rains, …", "Hello dear assistant, …". */
const LEADING =
  /^(?:(?:and|but|so)\s+)?(?:if|when|while|after|before|since|because|as|for|in|on|at|of|by|to|from|with|without|about|under|over|between|during|given|according|regarding|concerning|considering|hi|hello|hey|dear|please|thanks|thank|ok|okay|well|now|wenn|falls|nach|vor|bei|in|im|am|für|laut|gemäß|hallo|bitte|danke|si|selon|pour|dans|à|según|para|en|por|se|secondo|nel|per|если|когда|по|в|на|для)(?=\s|$)/iu;
/** Turns what has been said into a question without a comma: "… is 6603 okay?" */
const TAG =
  /\s(?:okay|ok|right|correct|yes|no|eh|huh|alright|understood|got it|isn['’]t (?:it|that)|ja|oder|nicht wahr|gell|d['’]accord|hein|vale|verdad|vero|certo|né|да|так|верно)\s*[?？]?\s*$/iu;
/** A full stop within a sentence may be none of an abbreviation, and what stands before it says something then. */
const CLAUSE_END = /[,，、،;；:：—–(（]|\s-\s|[.!…]\s/u;
/** Shorter ones say nothing by themselves: words, or characters where a script has no blanks between them. */
const SHORTEST_CLAUSE = { words: 3, characters: 6 };

/**
 * Whether a sentence asks and can be nothing else: by its mark or particle, where it does not say something first ("the code is
 * 6603, okay?"), or by how it begins. In doubt it does not, since what passes for a question is not shown to whoever looks for
 * facts.
 */
export function isQuestion(sentence: string): boolean {
  const text = sentence.trim();
  if (QUESTION_END.test(text) || ASKING_END.test(text)) return !saysSomething(text);
  return !STATES.test(text) && ASKING_START.test(text);
}

/** Whether a sentence that ends as a question says something before that, or asks whether it is so. */
function saysSomething(text: string): boolean {
  const clauses = text
    .split(CLAUSE_END)
    .map((clause) => clause.replace(/^[^\p{L}\p{N}]+/u, '').trimEnd())
    .filter((clause) => clause !== '');
  const last = clauses.pop() ?? '';
  if (clauses.some((clause) => isLong(clause) && !ASKING_WORD.test(clause) && !LEADING.test(clause))) return true;
  const isAsked = ASKING_WORD.test(last);
  const said = last.replace(TAG, '');
  return !isAsked && isLong(said) && (said !== last || /\p{N}/u.test(said)) && !LEADING.test(said);
}

function isLong(clause: string): boolean {
  const words = clause.split(/\s+/);
  if (words.length >= SHORTEST_CLAUSE.words) return true;
  return WITHOUT_BLANKS.test(clause) && clause.length >= SHORTEST_CLAUSE.characters;
}

const WITHOUT_BLANKS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Whether a text asks and states nothing: all its sentences are questions. */
export function onlyAsks(text: string): boolean {
  let asks = false;
  for (const line of text.split(/[\n\r]+/)) {
    for (let at = 0; at < line.length; ) {
      const end = sentenceEnd(line, at, line.length);
      const sentence = line.slice(at, end);
      at = end;
      if (!/[\p{L}\p{N}]/u.test(sentence)) continue;
      if (!isQuestion(sentence)) return false;
      asks = true;
    }
  }
  return asks;
}
