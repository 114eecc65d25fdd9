import { CERTAIN_MARKS, CLOSING, QUESTION_MARKS } from './sentence-marks.ts';

const CLOSERS = `"'${CLOSING.replace(']', '\\]')}`;
/** A mark that a question ends with, in any script, what closes a quotation behind it. A semicolon asks in Greek only. */
const QUESTION_END = new RegExp(`(?:[${QUESTION_MARKS}]|(?<=\\p{Script=Greek})[;\u037e])[${CLOSERS}\\s]*$`, 'u');
/** Endings that make a sentence of these languages a question and nothing else: か or 니까 alone end many a statement. */
const ASKING_END =
  /(?:[吗嗎]|(?:です|ます|でした|ました|ません|でしょう|だろう)か|[습입합됩]니까|(?:있|없|하|되|였|었|았|했|겠)나요|[인은는던]가요|(?<!니)까요)[。．.!！\s]*$/u;
/** Statements end so, whatever they begin with; and a colon or a dash within puts an answer behind what was asked. */
const STATES = new RegExp(`(?![${QUESTION_MARKS}])[.!:…${CERTAIN_MARKS}][${CLOSERS}\\s]*$|[:：=]|\\s[-–—]\\s`, 'u');
/**
 * Beginnings that only questions have in English and German: a question word and its verb, or a verb before its subject. A
 * question word alone begins titles and relative clauses ("Who is late pays"), a verb alone names ("Will Turner") and orders.
 */
const ASKING_START =
  /^(?:(?:and|und|so|but|aber)\s+)?(?:(?:what|where|when|why|how|which|who|whose)(?:['’]s|\s+(?:\p{L}+\s+)?(?:is|are|was|were|do|does|did|has|have|can|could|should|would|will))(?=\s)|(?:is|are|was|were|does|did|can|could|would|will|has)\s+(?:the|an?|this|that|these|those|there|it|he|she|we|you|they|i|my|your|our|their|any(?:one|body|thing)?)(?=\s)|(?:do|have)\s+(?:we|you|they|i)(?=\s)|(?:was|wer|wo|wann|wie|warum|wieso|welche[rsn]?)\s+(?:\p{L}+\s+)?(?:ist|sind|war|waren|hat|haben|heißt|heißen|lautet|kann|wird)(?=\s))/iu;
/** Every mark ends one here, also in an abbreviation: what is left apart then states something, and that is the safe side. */
const MARKS = `.!?⁇⁈${CERTAIN_MARKS}`;
const SENTENCE = new RegExp(`[^${MARKS}\\n]+(?:[${MARKS}]+[${CLOSERS}]*|\\n|$)`, 'gu');

/**
 * Whether a sentence asks and can be nothing else: by its mark, by its particle, or by how it begins. In doubt it does not,
 * since what passes for a question is not shown to whoever looks for facts.
 */
export function isQuestion(sentence: string): boolean {
  const text = sentence.trim();
  if (QUESTION_END.test(text) || ASKING_END.test(text)) return true;
  return !STATES.test(text) && ASKING_START.test(text);
}

/** Whether a text asks and states nothing: all its sentences are questions. */
export function onlyAsks(text: string): boolean {
  const sentences = (text.match(SENTENCE) ?? []).filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
  return sentences.length > 0 && sentences.every(isQuestion);
}

/** "What did you answer about …", "your last answer", as some languages say it. */
const OF_EARLIER_ANSWERS: readonly RegExp[] = [
  /\b(?:did|have|had) you\b[^.?!]{0,40}\b(?:answer|repl[yi]|sa(?:y|id)|t(?:ell|old)|wr[io]t|mention|suggest|recommend|explain|propose|claim)/iu,
  /\byour? (?:earlier |previous |last |first )?(?:answer|reply|suggestion|recommendation|explanation|said|told|wrote|answered|mentioned|suggested)/iu,
  /\b(?:hast du|haben sie|du hast|sie haben)\b[^.?!]{0,80}\b(?:geantwortet|gesagt|geschrieben|vorgeschlagen|erklärt|empfohlen|erwähnt)|\b(?:deiner?|ihrer?) (?:letzten? |frühere[rn]? |vorige[rn]? )?(?:antwort|vorschlag|erklärung|empfehlung)/iu,
  /(?:^|[\s'’])(?:tu (?:m['’])?as|as-tu|vous (?:m['’])?avez|avez-vous)\s[^.?!]{0,40}(?:répondu|dit|écrit|proposé|expliqué|recommandé)|(?:^|\s)(?:ta|votre) (?:dernière |première )?(?:réponse|proposition|explication)/iu,
  /(?:^|[\s¿])(?:dijiste|respondiste|contestaste|escribiste|propusiste|explicaste|recomendaste)(?=[\s?]|$)|(?:^|\s)tu (?:última |primera )?(?:respuesta|propuesta|explicación)/iu,
  /(?:^|\s)hai\s[^.?!]{0,40}(?:risposto|detto|scritto|proposto|spiegato)|(?:^|\s)(?:la )?tua (?:ultima |prima )?(?:risposta|proposta|spiegazione)/iu,
  /(?:^|\s)(?:disseste|respondeste|você (?:disse|respondeu|escreveu|sugeriu))|(?:^|\s)(?:a )?(?:tua|sua) (?:última |primeira )?(?:resposta|proposta|explicação)/iu,
  /(?:^|\s)(?:ты|вы)\s[^.?!]{0,40}(?:ответил|сказал|написал|предложил|объяснил)|(?:^|\s)(?:тво|ваш)\p{L}* (?:последн\p{L}* )?(?:ответ|предложени|объяснени)/iu,
  /[你您](?:刚才|刚刚|之前|上次|先前|剛才)?(?:是)?(?:怎么|怎麼|如何)?(?:回答|答复|說|说|告诉|告訴|建议|建議)|[你您]的(?:回答|答案|答复|建议|建議)/u,
  /(?:さっき|先ほど|前回|以前|あなた)[^。？]{0,40}(?:答え|回答|言い|言っ|述べ|提案)/u,
  /(?:아까|방금|이전에|당신|네가|너는)[^.?]{0,40}(?:답|말했|말한|대답|제안)/u,
];

/** Whether a question is about what its reader said before, in the languages that stand above. */
export function asksOfEarlierAnswers(question: string): boolean {
  return OF_EARLIER_ANSWERS.some((pattern) => pattern.test(question));
}
