/** What kind of thing a question asks for, as far as its words tell. */
export type AskedType =
  | 'port'
  | 'status'
  | 'exit'
  | 'signal'
  | 'flag'
  | 'variable'
  | 'header'
  | 'command'
  | 'address'
  | 'path'
  | 'version'
  | 'duration'
  | 'size'
  | 'number'
  | 'name'
  | 'date'
  | 'licence'
  | 'meaning'
  | 'reason'
  | 'code';

const MONTHS =
  'january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre';
const UNITS_OF_TIME =
  'ns|µs|us|ms|msecs?|s|m|h|d|secs?|seconds?|mins?|minutes?|hours?|days?|weeks?|months?|years?|millis(?:econds?)?|sekunden?|minuten?|stunden?|tagen?|tage|wochen?|jahren?|jahre|secondes?|heures?|jours?|segundos?|minutos?|horas?|días?';
const NUMBER_WORDS =
  'zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|hundred|thousand|million|half|once|twice|never|unlimited|infinity';

/** What is done for a purpose, and for the sake of what. */
const PURPOSES =
  'avoid|prevent|ensure|allow|keep|make|let|reduce|improve|support|protect|save|match|fix|enable|guarantee|help|stop|limit|preserve|simplify|speed|work|get|give|be|comply|conform|align|minimi[sz]e|maximi[sz]e|increase|free|leave|provide|handle';
const SAKES =
  '(?:\\p{L}+\\s)?(?:reasons?|compatibility|consistency|performance|security|safety|simplicity|clarity|convenience)';

/** What such a thing looks like. All patterns are linear: nothing in them repeats what repeats. Scripts without blanks write numbers behind a letter. */
const LOOKS: Readonly<Record<AskedType, RegExp>> = {
  port: /(?<![\p{N}.,]|(?![\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}])\p{L})\d{2,5}(?![\p{N}.,]*\p{N})(?!\s?(?:ms|%|kb|mb))/giu,
  status: /(?<![\p{N}.,]|(?![\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}])\p{L})[1-5]\d\d(?![\p{L}\p{N}])/gu,
  exit: /(?<![\p{L}\p{N}.,:-])\d{1,3}(?![\p{L}\p{N}]|[.,]\p{N})|\bnon-?zero\b/gu,
  signal: /\bSIG[A-Z0-9]{2,10}\b/g,
  flag: /(?<![\p{L}\p{N}_-])--?[A-Za-z][\w.-]{0,60}/gu,
  variable: /\b[A-Z][A-Z0-9]{0,40}_[A-Z0-9_]{1,60}\b/g,
  header: /\b[A-Za-z]{1,30}(?:-[A-Za-z]{1,30}){1,4}\b|`[^`\n]{2,40}`/g,
  command:
    /`[^`\n]{2,80}`|\$ ?[a-z][^`\n]{2,60}|\b(?:npm|npx|git|docker|kubectl|yarn|pnpm|node|pip|apt|sudo|make|cargo|go) [a-z][\w-]*/g,
  address:
    /https?:\/\/[^\s)>"'`]+|\b(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|\[::1?\])(?::\d{2,5})?|(?<!\w)\/[a-z][\w./-]{2,60}/gi,
  path: /(?<![\w:/])[~.$]{0,2}[\w-]{0,40}\/[\w.$@{}-]{1,60}(?:\/[\w.$@{}-]{1,60}){0,12}\/?|[\w.-]{0,40}\.(?:json|ya?ml|toml|ini|conf|cfg|md|txt|pem|crt|key|db|sqlite|log|sock|rc|env|lock|[cm]?[jt]sx?|py|go|rs|sh)\b|\.[a-z]{2,20}rc\b/gi,
  version:
    /(?<![\p{L}\p{N}.])v?\d{1,5}(?:\.(?:\d{1,5}|x)){1,3}(?:-[\w.]{1,20})?(?![\p{N}])|[<>=^~]=?\s?v?\d{1,5}(?:\.\d{1,5}){0,2}|(?<=[\p{L}\p{N}]@)v?\d{1,5}(?:\.\d{1,5}){0,3}|(?<![\p{L}\p{N}])v\d{1,5}(?![\p{L}\p{N}])|(?<=\b(?:[Vv]ersions?|[Rr]eleases?|[Nn]ode(?:\.js)?)\s)\d{1,5}(?!\p{N})/gu,
  duration: new RegExp(
    `(?<![\\p{L}\\p{N}_.]|\\d,)\\d[\\d,._]*\\s?-?(?:${UNITS_OF_TIME})(?![\\p{L}\\p{N}])|\\b(?:${NUMBER_WORDS})\\s(?:${UNITS_OF_TIME})\\b|(?<![\\p{L}\\p{N}_.])\\d{3,}(?![\\p{L}\\p{N}])|(?<!\\d)\\d+\\s?(?:秒|分|時間|小时|分钟|天|日|초|분|시간)|\\b(?:forever|indefinitely|never|infinity|daily|hourly|weekly|nightly)\\b`,
    'giu',
  ),
  size: /(?<![\p{L}\p{N}_.]|\d,)\d[\d,._]*\s?(?:[kmgt]i?b|[kmgt]|bytes?|octets?|bit)(?![\p{L}\p{N}])|(?<![\p{L}\p{N}_.])\d[\d_,]{2,}(?![\p{L}\p{N}])|\b\d+\s?\*\s?\d+\b|\binfinity\b/giu,
  number: new RegExp(
    `(?<![\\p{L}\\p{N}_.])[-+]?[$€£]?\\d[\\d,._]*\\s?(?:%|[\\p{L}µ]{1,12})?|\\b(?:${NUMBER_WORDS})\\b|[一二三四五六七八九十百千万億]+`,
    'giu',
  ),
  name: /(?<=[\p{Ll},;:)\]»”]\s)\p{Lu}[\p{L}\p{M}'’.-]+(?:\s\p{Lu}[\p{L}\p{M}'’.-]+){0,3}|^\p{Lu}[\p{L}\p{M}'’-]+/gu,
  date: new RegExp(
    `(?<![\\p{N}\\p{Script=Latin}])(?:19|20)\\d\\d(?:[-/.]\\d{1,2}){0,2}(?!\\p{N})|(?<!\\p{N})\\d{1,2}[./]\\d{1,2}[./](?:19|20)?\\d\\d|(?<!\\p{L})(?:${MONTHS})(?!\\p{L})|\\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\\b|\\b(?:today|yesterday|tomorrow|midnight|noon)\\b|\\b\\d{1,2}(?::\\d\\d)?\\s?[ap]m\\b|\\b\\d{1,2}:\\d\\d\\b|(?<!\\d)\\d+\\s?[年月日]`,
    'giu',
  ),
  licence:
    /\b(?:MIT|ISC|0?BSD[\w-]*|Apache(?:-|\sLicense,?\s|\s)?[\d.]*|L?A?GPL[\w.-]*|MPL[\w.-]*|Unlicense|CC0?[\w.-]+|BlueOak[\w.-]*|Python-2\.0|Elastic[\w.-]*|WTFPL|Zlib|proprietary)\b/g,
  reason: new RegExp(
    `(?<!\\p{L})(?:because|since(?!\\sv?\\d)|so\\sthat|so\\sas|so,?\\s(?:we|it|they|that|you)|due\\sto|owing\\sto|thanks\\sto|in\\sorder|therefore|thus|hence|otherwise|lest|as\\sa\\sresult|reasons?|(?:to|and)\\s(?:${PURPOSES})|for\\s(?:${SAKES})|denn|weil|damit|deshalb|daher|wegen|um\\s(?:[^.]{1,60}\\s)?zu|sonst|parce\\squ|car|afin|pour\\s(?:que|\\p{L}+[ei]r)|puisque|à\\scause|en\\sraison|porque|ya\\sque|para\\s(?:que|\\p{L}+[aei]r)|debido\\sa|puesto\\sque|потому|чтобы|из-за|поскольку|так\\sкак)(?!\\p{L})|因为|因為|由于|以便|为了|所以|ため|から|ので|때문|위해`,
    'giu',
  ),
  meaning: /(?:\p{L}[\p{L}\p{M}’'-]{0,60},?\s){3}\p{L}+|\p{Lo}{6}/gu,
  code: /`[^`\n]{1,80}`|\b\p{L}+(?:_[\p{L}\p{N}]+)+\b|'[^'\n]{1,60}'|"[^"\n]{1,60}"|\b0x[0-9A-Fa-f]+\b|\b\p{Ll}+\p{Lu}\p{L}*\b|\b(?:[Tt]rue|[Ff]alse|null|undefined|[Nn]one)\b|(?<=[:=]\s)\S+$|(?<![\p{L}\p{N}_.])-?\d[\d._,]*/gu,
};

/** Words that ask which of two things is more: what is compared is looked for of each. */
const COMPARES_TIMES =
  /\b(?:came|comes?|was|were|is|are|became|releas\p{L}+|publish\p{L}+|appear\p{L}+|changed|out)\b.{0,80}\b(?:first|earlier|later|before|after|sooner|older)\b(?!\sthan\san?\b)/iu;
const COMPARES_VERSIONS =
  /\b(?:newer|more\srecent|higher|lower|later|older|latest|newest|minimum)\b.{0,30}\bversions?\b|\b(?:needs?|requires?|supports?)\b.{0,20}\b(?:newer|more\srecent|higher|later|older)\b/iu;

/** The first that holds decides: from what names its kind to what only hints at it. */
const ASKS: readonly (readonly [AskedType, RegExp])[] = [
  ['exit', /\b(?:exit[\s-]?(?:code|status|value)|return[\s-](?:code|status))(?:e?s)?\b|\brückgabewerte?\b/iu],
  ['status', /\b(?:http\s)?status(?:\scode)?s?\b|\bstatuscode\b|状态码|ステータスコード/iu],
  [
    'port',
    /\bports?\b(?!.{0,40}\b(?:flag|option|directive|variable)\b)|\bpuertos?\b|\bporte?\sécoute|порт(?!ал)|端口|ポート|포트/iu,
  ],
  ['signal', /\b(?:which|what)\s(?:unix\s|posix\s)?signal\b|\bsignal\b.{0,30}\bsen[dt]\b/iu],
  [
    'variable',
    /\benvironment\svariables?\b|\benv(?:ironment)?\svar(?:iable)?s?\b|\bumgebungsvariable|\bvariable\sd[’']environnement|\bvariable\sde\sentorno|环境变量|環境変数/iu,
  ],
  ['flag', /\b(?:which|what)\b.{0,30}\b(?:flags?|switch(?:es)?|command[-\s]line\soption)\b|\bschalter\b/iu],
  ['header', /\b(?:which|what)\b.{0,30}\bheaders?\b/iu],
  [
    'command',
    /\b(?:which|what)\s(?:\S+\s){0,2}(?:command|subcommand)\b|\bhow\s(?:do|can|should)\s(?:i|we|you)\s(?:run|start|install|launch|execute)\b|\bmit\swelchem\sbefehl\b/iu,
  ],
  ['address', /\b(?:which|what)\s(?:\S+\s){0,2}(?:address|url|uri|endpoint|host(?:name)?|origin)\b/iu],
  ['licence', /\blicen[cs]ed?\b|\blizenz\b|\blicencia\b|лицензи|许可|ライセンス/iu],
  [
    'version',
    /\b(?:which|what|since\swhat|from\swhat|in\swhat)\s(?:\S+\s){0,2}(?:version|release)s?\b|\bwelche[rn]?\sversion\b|\bquelle\sversion\b|\bqué\sversión\b|哪个版本|バージョン/iu,
  ],
  [
    'date',
    /\bwhen\s(?:was|were|did|is|are|will|do|does)\b(?!.{0,60}\bthrow)|\b(?:which|what)\s(?:(?:day|date|year|month|weekday)\b|time(?=\s(?:is|are|was|were|do|does|did|has|have|can|may|must|should|will|of)\b|[?.,;:]|$))|\bwann\b|\bquand\b|\bcuándo\b|\bcuando\b|\bquando\b|когда|什么时候|何时|いつ|언제/iu,
  ],
  [
    'name',
    /^(?:who|whom|whose|wer|wen|wem|qui|quién|chi|quem|кто)\b|\b(?:by|from|with|to|for)\swhom\b|\b(?:which|what)\s(?:company|person|language|team|city|country)\b|谁|誰|누가|누구/iu,
  ],
  [
    'path',
    /^where\s(?:is|are|does|do|did|can|will|should)\b|\b(?:which|what)\s(?:\S+\s){0,2}(?:path|directory|folder|file)\b|\bin\swelche[rmn]\s(?:datei|ordner|verzeichnis)\b/iu,
  ],
  [
    'duration',
    /\bhow\s(?:long|often|frequently|soon|quickly)\b|\btime-?outs?\b|\binterval\b|\blifetime\b|\bttl\b|\bretention\b|\bdelay\b|\bwie\s(?:lange|oft)\b|\bcombien\sde\stemps\b|\bcuánto\stiempo\b|как\s(?:долго|часто)|多久|多长时间|どのくらいの時間|얼마나\s오래/iu,
  ],
  [
    'size',
    /\bhow\s(?:large|big|long\smay|much\s(?:memory|ram|disk|space))\b|\b(?:maximum|max|minimum|default)?\s?(?:file|body|buffer|memory|heap|chunk|cache|upload|payload|message|request)\ssize\b|\bwie\sgroß\b/iu,
  ],
  [
    'number',
    /\bhow\s(?:many|much|deep|high|far|old|tall|wide|few|fast)\b|\bnumber\sof\b|\b(?:maximum|minimum|max|min|highest|lowest|limit|percent(?:age)?|count|price|cost|ratio|amount)\b|\bwie\s?viele?\b|\bwie\s(?:hoch|teuer|alt)\b|\bcombien\b|\bcuánt[oa]s?\b|\bquant[oi]\b|сколько|多少|几个|いくつ|いくら|몇/iu,
  ],
  [
    'code',
    // The kind stands by the word that asks: on which nail hangs the key asks for a nail.
    /\b(?:which|what(?:\s(?:is|are|was|were)(?:\sthe|\san?)?)?)\s(?:\S+\s){0,2}(?:policy|part|option|setting|directive|parameter|property|token|algorithm|format|protocol|method|mode|level|value|default|field|key|function|type|class|event|package|module|constant)\b|\bdefaults?\b|\bset\sto\b/iu,
  ],
];

const EXPLAINS =
  /\bwhat\s(?:is|are|was|were)\s\S+\s(?:of\s\S+\s)?(?:used\s)?for\b|\bwhat\s(?:does|do|did)\s.{1,80}\s(?:do|mean|stand\sfor|return)\b|\bwhat\shappens\b|\bwhat\sdo\si\sget\b|\b(?:when|in\s(?:which|what)\scases?)\sdo(?:es)?\b|\bpurpose\sof\b|\b(?:explain|define)\b|\bmeaning\b|\b(?:what|which)\seffects?\b|\bwozu\b|à\squoi\ssert|\bpara\squé(?=\s)|зачем/iu;

const ASKS_WHY =
  /\bwhy\b|\bfor\s(?:what|which)\sreason\b|\bwhat\s(?:is|was)\sthe\sreason\b|\bwarum\b|\bwieso\b|\bweshalb\b|\bpourquoi\b|\bpor\squé(?=\s)|почему|为什么|為什麼|なぜ|왜/iu;

/** The kind of thing a question asks for; null where its words do not say. */
export function askedType(question: string): AskedType | null {
  if (ASKS_WHY.test(question)) return 'reason';
  if (EXPLAINS.test(question)) return 'meaning';
  if (COMPARES_VERSIONS.test(question)) return 'version';
  return ASKS.find(([, asks]) => asks.test(question))?.[0] ?? (COMPARES_TIMES.test(question) ? 'date' : null);
}

/** A stretch of a text that looks as what is asked for. */
export interface TypedToken {
  readonly text: string;
  readonly at: number;
}

const MAXIMUM_TOKENS = 32;

/** What in a text looks like a thing of this kind, at most 32 of them. */
export function typedTokens(type: AskedType, text: string): TypedToken[] {
  return Iterator.from(text.matchAll(LOOKS[type]))
    .take(MAXIMUM_TOKENS)
    .map((found) => ({ text: found[0].trim(), at: found.index }))
    .toArray();
}
