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
