/** Verbs that documentation says what something does with, in their base form. */
const VERBS = (
  'accept access activate adapt add adjust allow append apply assign attach avoid build bundle cache calculate call cancel change check ' +
  'clean clear clone close collect combine compare compile compress compute configure consume contain control convert copy ' +
  'correct count create customize deactivate decide declare decode decorate decrease defer define delay delete deprecate describe destroy ' +
  'detect determine disable disallow discard dispatch display drop emit enable encode enforce ensure escape evaluate exclude ' +
  'execute expand expose extend extract fetch fill filter find fix flatten flush follow forbid force format forward freeze generate get ' +
  'give guard handle hide highlight ignore implement improve include increase indent indicate initialize inject insert intercept interpolate ' +
  'invoke iterate join keep limit link list load log look lower make map mark match measure merge migrate minify mock modify move ' +
  'name normalize omit open output overwrite override pad parse pass patch pause pick prefer prefix preserve prevent print process produce ' +
  'prompt provide publish push put quote raise randomize read recognize record redirect reduce refer register reject release ' +
  'remove rename render replace report represent request require reset resolve respect respond restore restrict resume retrieve retry return ' +
  'reuse reverse run save scan search select send separate serialize serve set show signal skip sort specify split start stop store ' +
  'stringify strip submit supply support suppress switch tell terminate test throw track transform translate traverse trigger trim truncate unwrap update ' +
  'validate verify wait warn watch wrap write'
).split(' ');

const IRREGULAR_PAST: Readonly<Record<string, string>> = {
  ...{ build: 'built', find: 'found', forbid: 'forbade', freeze: 'froze', get: 'got', give: 'gave', hand: 'handed' },
  ...{ hide: 'hid', keep: 'kept', make: 'made', output: 'output', override: 'overrode', overwrite: 'overwrote' },
  ...{ put: 'put', read: 'read', run: 'ran', send: 'sent', set: 'set', show: 'showed', split: 'split', tell: 'told' },
  ...{
    throw: 'threw',
    write: 'wrote',
    let: 'let',
    bring: 'brought',
    take: 'took',
    cut: 'cut',
    hold: 'held',
    say: 'said',
  },
  ...{
    go: 'went',
    deal: 'dealt',
    tear: 'tore',
    leave: 'left',
    begin: 'began',
    do: 'did',
    draw: 'drew',
    come: 'came',
    catch: 'caught',
  },
};
const DOUBLED = /(?:^|[^aeiou])(?:[aeiou])(?:[bdgmnpt])$/;
const NOT_DOUBLED = /(?:er|en|et|it|op)$/;

/** `adds`, of the first word of a phrase. */
export function thirdPerson(phrase: string): string {
  return ofFirstWord(phrase, (verb) => {
    if (/(?:s|sh|ch|x|z|o)$/.test(verb)) return `${verb}es`;
    return /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ies` : `${verb}s`;
  });
}

/** `added`, of the first word of a phrase. */
export function past(phrase: string): string {
  return ofFirstWord(phrase, (verb) => IRREGULAR_PAST[verb] ?? withEnding(verb, 'ed'));
}

/** `adding`, of the first word of a phrase. */
export function participle(phrase: string): string {
  return ofFirstWord(phrase, (verb) => withEnding(verb, 'ing'));
}

function withEnding(verb: string, ending: 'ed' | 'ing'): string {
  if (ending === 'ed' && /[^aeiou]y$/.test(verb)) return `${verb.slice(0, -1)}ied`;
  if (/[^e]e$/.test(verb)) return `${verb.slice(0, -1)}${ending}`;
  const isShort =
    DOUBLED.test(verb) &&
    (!NOT_DOUBLED.test(verb) || /^(?:stop|drop|set|get|let|cut|put|split|omit|permit|fit)$/.test(verb));
  return `${verb}${isShort ? verb.at(-1) : ''}${ending}`;
}

function ofFirstWord(phrase: string, inflected: (verb: string) => string): string {
  const [verb = '', ...rest] = phrase.split(' ');
  return [inflected(verb), ...rest].join(' ');
}

const BASES: ReadonlyMap<string, string> = new Map(
  VERBS.flatMap((verb) => [verb, thirdPerson(verb), past(verb)].map((form) => [form, verb] as const)),
);

const PARTICIPLES: ReadonlySet<string> = new Set(VERBS.map(participle));

/** Whether a word, whatever its form, may be a verb. */
export function isVerb(word: string): boolean {
  return BASES.has(word) || PARTICIPLES.has(word);
}

/** What something does: `add` and `support for it`. */
export interface Clause {
  readonly verb: string;
  readonly rest: string;
}

const MOST_WORDS = 18;
const LEAST_WORDS = 3;

/** A sentence that begins with a verb, whatever its form; null when it is another one, or long. */
export function clauseOf(sentence: string): Clause | null {
  const words = sentence
    .replace(/\s*\([^()]*\)/g, '')
    .replace(/[.;:]+$/, '')
    .split(' ');
  const verb = BASES.get(words[0]?.toLowerCase() ?? '');
  const rest = words.slice(1).join(' ');
  if (verb === undefined || words.length > MOST_WORDS || words.length < LEAST_WORDS) return null;
  // What goes on with a second sentence, or is no object of the verb, cannot be asked for.
  if (/^(?:to|by|in|with|and|or|for|on|if|when|as|at|of|from|that|up)\b|[;:]|\. |[()[\]{}]|^[-–—]/.test(rest))
    return null;
  return { verb, rest };
}
