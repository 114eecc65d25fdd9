const SAID =
  'answered|replied|responded|said|told|written|wrote|mentioned|suggested|recommended|explained|proposed|claimed';
const SAY = 'answer|reply|respond|say|tell|write|mention|suggest|recommend|explain|propose|claim';
/** Some words between, none of which begins a clause about somebody else. */
const BETWEEN = "(?:(?!that\\b|who\\b|which\\b|what\\b)[\\p{L}’']+\\s+){0,4}";

/** "What did you answer about …", "your last answer", as some languages say it. */
const OF_EARLIER_ANSWERS: readonly RegExp[] = [
  new RegExp(`\\bdid\\s+you\\s+${BETWEEN}(?:${SAY})\\b|\\b(?:have|had)\\s+you\\s+${BETWEEN}(?:${SAID})\\b`, 'iu'),
  new RegExp(
    `\\byou(?:['’](?:ve|d))?\\s+${BETWEEN}(?:${SAID})\\b|\\b(?:answer|reply|response)\\s+(?:did|have)\\s+you\\b`,
    'iu',
  ),
  /\byour (?:earlier |previous |last |first )?(?:answer|reply|response|suggestion|recommendation|explanation)/iu,
  /\b(?:hast du|haben sie|du hast|sie haben)\b[^.?!,]{0,80}\b(?:geantwortet|gesagt|geschrieben|vorgeschlagen|erklärt|empfohlen|erwähnt)|\b(?:antwortetest|sagtest|schriebst|erklärtest|empfahlst|erwähntest) du\b|\b(?:deiner?|ihrer?) (?:letzten? |frühere[rn]? |vorige[rn]? )?(?:antwort|vorschlag|erklärung|empfehlung)/iu,
  /(?:^|[\s'’])(?:tu (?:m['’])?as|as-tu|vous (?:m['’])?avez|avez-vous)\s[^.?!,]{0,40}(?:répondu|dit|écrit|proposé|expliqué|recommandé)|(?:^|\s)(?:ta|votre) (?:dernière |première )?(?:réponse|proposition|explication)/iu,
  /(?:^|[\s¿])(?:dijiste|respondiste|contestaste|escribiste|propusiste|explicaste|recomendaste|(?:has|habías|usted ha) (?:respondido|dicho|contestado|escrito|propuesto|explicado|recomendado))(?=[\s?]|$)|(?:^|\s)tu (?:última |primera )?(?:respuesta|propuesta|explicación)/iu,
  /(?:^|\s)(?:hai|avevi)\s[^.?!,]{0,40}(?:risposto|detto|scritto|proposto|spiegato)|(?:^|\s)(?:la )?tua (?:ultima |prima )?(?:risposta|proposta|spiegazione)/iu,
  /(?:^|\s)(?:disseste|respondeste|você (?:me |já )?(?:disse|respondeu|escreveu|sugeriu|explicou))|(?:^|\s)(?:a )?(?:tua|sua) (?:última |primeira )?(?:resposta|proposta|explicação)/iu,
  /(?:^|\s)(?:heb je|hebt u|heeft u|je hebt|u heeft)\s[^.?!,]{0,60}(?:geantwoord|gezegd|geschreven|voorgesteld|uitgelegd)|(?:^|\s)(?:je|jouw|uw) (?:laatste |vorige |eerste )?(?:antwoord|voorstel|uitleg)/iu,
  /(?:odpowiedział|powiedział|napisał|zaproponował|wyjaśnił)(?:eś|aś)|(?:^|\s)twoj\p{L}+ (?:ostatni\p{L}+ |poprzedni\p{L}+ )?odpowied/iu,
  /(?:cevap|yanıt) ver(?:din|diniz|miştin)|(?:^|\s)(?:ne|neler) (?:dedin|söyledin|söylemiştin|önerdin)|(?:cevabın|yanıtın)(?:ı|da)?(?=\s)/iu,
  /(?:^|\s)(?:ты|вы)\s[^.?!,]{0,40}(?:ответил|отвечал|сказал|говорил|написал|предложил|объяснил|советовал)|(?:^|\s)(?:тво|ваш)\p{L}* (?:последн\p{L}* )?(?:ответ|предложени|объяснени)/iu,
  /[你您][^。？！，]{0,20}(?:回答|答复|答覆|怎么说|怎麼說|说过什么|說過什麼|告诉我|告訴我|建议我|建議我)|[你您](?:刚才|刚刚|之前|上次|先前|剛才)[^。？！，]{0,10}[说說]|[你您]的(?:回答|答案|答复|建议|建議)/u,
  /(?:さっき|先ほど|前回|以前|あなた)[^。？]{0,40}(?:答え|回答|言い|言っ|述べ|提案)|(?:何と|なんと|どう)(?:お答え|答え|回答し|言い|言っ|述べ)/u,
  /(?:아까|방금|이전에|당신|네가|너는)[^.?]{0,40}(?:답|말했|말한|대답|제안)|(?:뭐라고|어떻게) (?:답|대답|말했)/u,
];

/** Whether a question is about what its reader said before, in the languages that stand above. */
export function asksOfEarlierAnswers(question: string): boolean {
  return OF_EARLIER_ANSWERS.some((pattern) => pattern.test(question));
}
