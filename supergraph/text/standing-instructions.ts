import { sentenceEnd } from './sentences.ts';

/** Before an order, and no part of it. */
const LEAD =
  "(?:(?:please|also|and|but|so|ok(?:ay)?|note|remember|bitte|und|auch|s'il te plaît|por favor|per favore|пожалуйста)[,:]?\\s+){0,2}";
/** A sentence that begins so tells how things are to be done from now on. */
const ORDER_START = new RegExp(
  `^[^\\p{L}]*${LEAD}(?:${[
    "(?:always|never|do not ever|don[’']t ever)\\s+(?!(?:\\p{L}+ed|been|had|was|were|is|are|saw|seen|heard|knew|known|thought|felt|got|did|a|an|the)\\b)\\p{L}",
    'make sure (?:to|that|you) (?:always|never)',
    'remember to always',
    '(?:immer|niemals|nie|stets)\\s+\\p{L}',
    'toujours\\s+\\p{L}|ne\\s+\\p{L}+\\s+jamais',
    '(?:siempre|nunca|jamás)\\s+\\p{L}',
    '(?:sempre|mai|non \\p{L}+ mai)\\s+\\p{L}',
    '(?:всегда|никогда не)\\s+\\p{L}',
  ].join('|')})`,
  'iu',
);
/** Anywhere in a sentence: that it holds from now on, or whenever something is asked. */
const FROM_NOW_ON =
  /(?<![\p{L}\p{N}])(?:from now on|going forward|from here on|henceforth|in (?:all )?(?:your )?(?:future|further) (?:answers|replies|responses|messages)|(?:whenever|every time|each time|any time) (?:i|we) (?:ask|mention|say|want|need|request)|when (?:i|we) ask (?:you )?(?:about|for|how|what|to)|i (?:would |’d |'d )?(?:always |generally |strongly |really )?prefer (?:that )?(?:you|answers|responses|explanations|solutions|to (?:see|get|have|use|keep))|(?:i|we) want you to always|you (?:should|must) (?:always|never)|ab (?:jetzt|sofort)|von nun an|künftig|in zukunft|(?:immer,? )?wenn ich (?:dich |sie )?(?:frage|bitte)|à partir de maintenant|dorénavant|désormais|quand je (?:te |vous )?demande|a partir de ahora|de ahora en adelante|cuando (?:te |le )?pregunt[eo]|d['’]ora in poi|quando (?:ti |le )?chiedo|a partir de agora|daqui (?:em diante|para a frente)|quando (?:te |lhe )?perguntar|с этого момента|отныне|впредь|когда я (?:спрашиваю|прошу))(?![\p{L}\p{N}])|从现在(?:开始|起)|從現在(?:開始|起)|今后请|以后请|請始終|请始终|请总是|请务必|これから(?:は|も)|今後は|(?:常に|必ず|いつも)[^。]{1,40}(?:てください|て下さい|すること|しないで)|앞으로(?:는|도)?\s|지금부터|(?:항상|언제나|절대)[^.]{1,40}(?:세요|주세요|마세요|십시오|해 줘|하지 마)/iu;

/** Longer texts are not told what to do in; they are read through for nothing. */
const MOST_CHARACTERS = 8_192;

/**
 * The sentences of a message that say how things are to be done from now on ("always …", "never …", "from now on …"), each as it
 * stands, in order. In doubt none: what is found here is shown whatever is asked.
 */
export function standingInstructions(message: string): string[] {
  if (message.length > MOST_CHARACTERS) return [];
  const found: string[] = [];
  for (const line of message.split(/[\n\r]+/)) {
    for (let at = 0; at < line.length; ) {
      const end = sentenceEnd(line, at, line.length);
      const sentence = line.slice(at, end).trim();
      at = end;
      const asks = /[?？]["'”’)\s]*$/u.test(sentence);
      if (!asks && (ORDER_START.test(sentence) || FROM_NOW_ON.test(sentence))) found.push(sentence);
    }
  }
  return found;
}
