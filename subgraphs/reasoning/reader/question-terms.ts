import { sentenceEnd } from '@supercontext/text/sentences.ts';
import { termsOf } from '@supercontext/text/terms.ts';
import { type AskedName, askedNames, NAME_MARK, withoutNames } from './asked-names.ts';
import { type AskedType, askedType } from './asked-type.ts';
import { hasCompounds } from './has-compounds.ts';
import { otherForms } from './irregular-verbs.ts';
import { datesAsIso } from './read-dates.ts';

/** Words that compare: what is compared does not say them. */
const COMPARING = new Set(
  termsOf(
    'first last same different new newer newest recent older old earlier later before more less than either both higher lower',
  ),
);

/** Ways to say "by default", which manuals say in one word. */
const BY_DEFAULT =
  /\b(?:unless|if|when|until|without)\s+(?:(?:i|we|you|it|they|one|nothing|nobody|none|no\s\p{L}{1,20})\s+)?(?:(?:is|are|do|does|did|has|have|was|were|am|being)\s+)?(?:n[o’']t\s+|otherwise\s+)?(?:told|configured?|given|gives?|set|sets|specif(?:y|ied)|stated|says?|said|asked|decided?|chosen|choose|left\s+out|leave\s+(?:it|this|that)\s+out|omit(?:ted)?|provided?|pass(?:ed)?|defined?|change[ds]?)(?:\s+(?:it|this|that|one|anything|nothing|otherwise|so|to|differently))*|\bout\s+of\s+the\s+box\b|\binitially\b|\bwithout\s+(?:being|any|further)\s+(?:told|asked|configuration|settings?)(?:\s+to)?\b|\bstandard\svalue\b|\b(?:standardwert|standardmäßig|vorgabewert|voreinstellung|vorgabe)\p{L}{0,2}\b|\b(?:wenn|falls|sofern|solange)\s(?:(?:ich|man|wir|du|sie|er|es)\s)?nichts?\s(?:(?:anderes|weiter(?:es)?)\s)?(?:sagen?|sagt|angeben?|angibt|angegeben|einstellen?|eingestellt|festlegen?|festgelegt|bestimmen?|bestimmt|setzen?|gesetzt|konfiguriert|vorgeben?|vorgegeben)(?:\s(?:ist|sind|wird|wurde|habe|hat))?\b|\bohne\s(?:weitere\s)?(?:angaben?|einstellung(?:en)?|konfiguration)\b|\b(?:valeur\s)?par\sdéfaut\b|\b(?:valor\s)?(?:por\sdefecto|predeterminado)\b|\bvalore\spredefinito\b|по\sумолчанию|默认|預設|既定|デフォルト|기본값/giu;
const DEFAULT = 'by default';

const AT_MOST =
  /\b(?:at\smost|no\smore\sthan|not\s(?:exceed|more\sthan)|up\sto(?=\s\d)|höchstens|au\splus|como\smáximo)\b/giu;
const AT_LEAST = /\b(?:at\sleast|no\s(?:less|fewer)\sthan|mindestens|au\smoins|al\smenos)\b/giu;

/** A text in which bounds have the words in which they are asked for: "at most 25 MB" is a maximum. */
export function boundsInWords(text: string): string {
  return text.replace(AT_MOST, 'maximum').replace(AT_LEAST, 'minimum');
}

/** Words that mean nearly the same where somebody asks and a manual answers. Each stands in one line only. */
const PEERS = [
  'minimum min shortest smallest lowest least lower fewest',
  'maximum max largest highest biggest longest limit most upper cap',
  'memory ram',
  'directory folder path',
  'timeout expire',
  'encrypt tls ssl',
  'message msg',
  'delete remove erase drop',
  'begin start',
  'end stop finish',
  'interval every period frequency often',
  'duration lifetime ttl long',
  'certificate cert',
  'second sec',
  'size large big',
  'configure set specify',
  'retain keep',
  'company firm',
  'enable activate turn',
  'disable deactivate',
  'license licence',
  'print output display show',
  'environment env',
  'parameter argument arg param',
  'number count amount',
  'permit allow',
  'create make',
  'error failure',
  'fix repair',
  'replace substitute',
  'choose select pick',
  'return give',
  'contain include hold',
  'release publish',
  'password passphrase',
  'cost price',
  'buy purchase',
  'live reside',
  'job work profession',
];
/** What a peer counts, beside the word itself. */
const PEER_SHARE = 0.8;
/** Words that questions of other languages than English are made of, as those that English ones are made of are no terms. */
const MADE_OF = new Set(
  termsOf(
    'der die das den dem des ein eine einen einem einer ist sind war waren wird wer wie was wo wann warum wozu welche welcher welches welchen wessen von vom bei beim mit für auf aus im zum zur und oder nicht man ich wir sie es hat haben kann muss dient wenn falls darf dürfen soll sollte sollen werden wurde wird sich nichts auch noch nur schon dann als wieso weshalb kein keine keinen viel viele sein ohne nach über vom von ' +
      'le la les un une des du de est sont était qui que quoi quel quelle quels quelles où quand comment pourquoi combien dans pour avec sur par et ou ne pas il elle je nous vous sert à quoi ' +
      'el los las una unos del es son era quién qué cuál cuáles dónde cuándo cómo cuánto cuánta para con por en y o no se lo sirve ' +
      'il lo gli uno di da che chi come dove quando perché quanto quale per su sono serve um uma os as do da em no na para que quem onde como quanto qual serve ' +
      'что кто где когда как почему сколько какой какая какое какие в на и или не для это у с по от het een van wat wie waar hoe welke wanneer voor en ' +
      'ما ماذا هو هي من أين متى كم كيف لماذا هل',
  ),
);
const GENERIC_SHARE = 0.5;
const COMPARING_SHARE = 0.2;
/** Words of questions that tell little of what is asked about. */
const GENERIC = new Set(
  termsOf(
    'many much often long large happen mean need call come came default value option setting name kind type thing version take give get got ' +
      'make made have go know please exactly actually currently there anything something everything back part case release published way document text question answer mention ' +
      'explain describe list day date year month kind effect meaning purpose assume tell told somebody someone anybody anyone nobody want wonder look find found use ' +
      'work touch then config please quick question curious hear heard suppose look thing simply let put',
  ),
);

/** What a question asks, as the reader compares it. */
export interface AskedTerms {
  /** Of all of it. */
  readonly termSet: ReadonlySet<string>;
  /** Of its words, each once, without those of names. */
  readonly words: readonly string[];
  /** Of the sentences before the question itself; they count less. */
  readonly asideWords: readonly string[];
  /** Of the words those that say what kind of thing is wanted: "which city". Where there is such a thing nobody need call it so. */
  readonly kinds: ReadonlySet<string>;
  readonly names: readonly AskedName[];
  /** Plain words that are asked about as names are: "What is X for", "What does X do". */
  readonly subjects: readonly string[];
  readonly type: AskedType | null;
  readonly asksDefault: boolean;
  /** Whether it is in a language that writes what is called one thing as one word. */
  readonly hasCompounds: boolean;
}

let peers: ReadonlyMap<string, readonly string[]> | null = null;

function peersOnce(): ReadonlyMap<string, readonly string[]> {
  peers ??= new Map(
    PEERS.flatMap((line) => {
      const group = termsOf(line);
      return group.map((term) => [term, group.filter((other) => other !== term)] as const);
    }),
  );
  return peers;
}

/** What functions give back, they return. */
const GET_BACK = /\b(?:get|gets|got)\s(?:back\s)?(?=from\b)|\b(?:get|gets|got|give|gives|comes?)\sback\b/giu;

/** "Où range-t-on les vélos ?": no name with signs in it. */
const INVERTED = /(?<=\p{Ll})-(?:t-)?(?:ils?|elles?|on|je|tu|nous|vous|ce)(?![\p{L}\p{N}-])/giu;

/** The question in the words of manuals. */
function inManualsWords(question: string): string {
  return question.replace(INVERTED, ' ').replace(BY_DEFAULT, DEFAULT).replace(GET_BACK, 'return ');
}

/** What stands before the question itself: a greeting, a story, what somebody wants to do. */
export const ASIDE_SHARE = 0.3;

export function askedTerms(question: string): AskedTerms {
  const asked = datesAsIso(inManualsWords(question));
  const names = askedNames(asked);
  const { main, aside } = mainSentence(withoutNames(asked, names));
  const words = telling(main);
  const type = askedType(main);
  return {
    termSet: new Set(termsOf(asked)),
    words,
    kinds: new Set(termsOf([...main.matchAll(KIND)].map(([, kind]) => kind).join(' '))),
    asideWords: telling(aside).filter((word) => !words.includes(word)),
    names,
    subjects: subjectsOf(main),
    type,
    asksDefault: /\bdefaults?\b/iu.test(main),
    hasCompounds: hasCompounds(main),
  };
}

const KIND =
  /\b(?:which|what|how\s(?:many|much)|welche[rsnm]?|quel(?:le)?s?|qué|cuál(?:es)?|qual(?:e|is)?)\s(?!(?:is|are|was|were|do|does|did|has|have|can|will|of)\b)(\p{L}+)/giu;

/** A question without the sentences before it: a greeting, a story. */
export function mainQuestion(question: string): string {
  return mainSentence(question).main.trim();
}

/** The last sentence that has a word to look for, and what stands before it. */
function mainSentence(question: string): { readonly main: string; readonly aside: string } {
  const sentences: string[] = [];
  for (let from = 0; from < question.length; ) {
    const end = sentenceEnd(question, from, question.length);
    sentences.push(question.slice(from, end));
    from = end;
  }
  const at = sentences.findLastIndex((one) => telling(one).length > 0 || one.includes(NAME_MARK));
  if (at <= 0) return { main: question, aside: '' };
  return { main: sentences.slice(at).join(' '), aside: sentences.slice(0, at).join(' ') };
}

/** Words that only ask, in scripts without blanks: with the letters beside them they would be terms that no text has. */
const ASKING =
  /(?:是?在?(?:什么时候|什麼時候|何时|何時|几点|幾點|为什么|為什麼|怎么样?|怎麼樣?))|是?(?:多少|什么|什麼|哪[个個里裡儿兒些]|[谁誰])|[はが]?(?:何|なに|なん|いくつ|いくら|どこ|だれ|いつ)(?:です|でしょう)?か?|(?:คือ)?(?:อะไร|เท่าไร|เท่าไหร่|ที่ไหน|ใคร|เมื่อไร)/gu;

/** Without the words that questions are made of; of a question of nothing else, none. */
function telling(question: string): readonly string[] {
  return [...new Set(termsOf(question.replace(ASKING, ' ')))].filter((term) => !MADE_OF.has(term));
}

const SUBJECT =
  /^(?:what|which\s\p{L}+)\s(?:is|are|does|do|of)\s(?:the\s)?(?:\p{L}+\s(?:of|for)\s)?([\p{L}-]+)|\b(?:default|value|meaning|purpose)\s(?:of|for|does)\s([\p{L}-]+)|\bdoes\s([\p{L}-]+)\s(?:have|default|do|mean)|\bfor\s([\p{L}-]+)\s(?:if|by|in|of)\b/giu;

function subjectsOf(question: string): readonly string[] {
  const found = [...question.matchAll(SUBJECT)].flatMap(([, ...words]) => words.filter((word) => word !== undefined));
  return found.filter((word) => word.length > 2 && termsOf(word).some((term) => !isGeneric(term)));
}

/** Whether nearly every question could have a word. */
export function isGeneric(term: string): boolean {
  return GENERIC.has(term) || COMPARING.has(term);
}

/** How much of a word's rarity counts, 0-1. */
export function tellingShare(term: string): number {
  if (COMPARING.has(term)) return COMPARING_SHARE;
  return GENERIC.has(term) ? GENERIC_SHARE : 1;
}

/** How far a term of a question is among the terms of a text: 1 as it stands or in another form, less in another word. */
export function meets(terms: ReadonlySet<string>, term: string): number {
  if (terms.has(term) || otherForms(term).some((form) => terms.has(form))) return 1;
  return peersOnce()
    .get(term)
    ?.some((other) => terms.has(other)) === true
    ? PEER_SHARE
    : 0;
}
