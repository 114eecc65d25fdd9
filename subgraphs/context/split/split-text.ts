import { findCut, type Scan, startScan } from './find-cut.ts';

/** A part of an item, which becomes a fragment, and how many tokens it has. */
export interface Part {
  readonly text: string;
  readonly tokens: number;
}

type CountInSteps = (text: string) => Generator<undefined, number>;
type Count = CountInSteps | ((text: string) => number);

/** What the contract promises of a fragment that is not the last of its item. */
export const MINIMUM_TOKENS = 256;
export const MAXIMUM_TOKENS = 1_024;

/** What a part aims at, between the two: small enough to be found for what it says, large enough to say it. */
const WANTED_TOKENS = { from: 300, through: 620 } as const;

/** What a token is taken for before the first count: prose and code have 3.5 to 4.5 characters a token. */
const CHARACTERS_A_TOKEN = 4;

/**
 * Cuts `text` where its structure lets it, into parts of 256 to 1 024 tokens (the last one may have fewer). Lossless: the
 * parts joined are the text. The same text always gives the same parts. Each part is counted once; only where the text
 * changes its density (prose, then Chinese, then a line of blanks) a part is cut and counted again.
 */
export function splitText(text: string, countTokens: (text: string) => number): Generator<Part>;
/** The same with a count that comes in steps: for each of them undefined, so that whoever splits may rest. */
export function splitText(text: string, countTokens: CountInSteps): Generator<Part | undefined>;
export function* splitText(text: string, countTokens: Count): Generator<Part | undefined> {
  const scan = startScan(text);
  let charactersAToken = CHARACTERS_A_TOKEN;
  let start = 0;
  while (start < text.length) {
    const part = yield* cutPart(scan, start, charactersAToken, countTokens);
    yield part;
    start += part.text.length;
    charactersAToken = part.text.length / Math.max(1, part.tokens);
  }
}

/** Narrows the length down between one known to be too short and one known to be too long. */
function* cutPart(scan: Scan, start: number, expected: number, countTokens: Count): Generator<undefined, Part> {
  const inFence = scan.inFence;
  let charactersAToken = expected;
  let tooShort = 0;
  let tooLong = Number.POSITIVE_INFINITY;
  for (;;) {
    let minimum = Math.ceil(WANTED_TOKENS.from * charactersAToken);
    let maximum = Math.ceil(WANTED_TOKENS.through * charactersAToken);
    if (minimum <= tooShort || maximum >= tooLong) {
      const middle = Number.isFinite(tooLong) ? (tooShort + tooLong) / 2 : tooShort * 2;
      minimum = Math.max(tooShort + 1, Math.floor(middle * 0.9));
      maximum = Math.min(tooLong - 1, Math.ceil(middle * 1.1) + 2);
    }
    scan.inFence = inFence;
    const text = scan.text.slice(start, findCut(scan, start, minimum, maximum));
    const counted = countTokens(text);
    const tokens = typeof counted === 'number' ? counted : yield* counted;
    if (tokens > MAXIMUM_TOKENS) tooLong = Math.min(tooLong, text.length);
    else if (tokens < MINIMUM_TOKENS && start + text.length < scan.text.length) tooShort = text.length;
    else return { text, tokens };
    charactersAToken = text.length / Math.max(1, tokens);
  }
}
