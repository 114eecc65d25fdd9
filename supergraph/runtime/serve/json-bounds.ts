import { ContractError } from '@supercontext/contract';

/** What JSON that somebody sends may be made of. Its length is bounded elsewhere: that of its texts costs little. */
export interface JsonBounds {
  /** Levels of lists and objects; what is deeper overflows the stack of whoever walks it. */
  readonly maximumNesting: number;
  /** Elements of one list, keys of one object. */
  readonly maximumMembers: number;
  /** Elements and keys in all. */
  readonly maximumValues: number;
}

/** For strangers: the largest append has half of it, and reading as much takes some 10 ms. */
export const FRONT_DOOR_JSON: JsonBounds = { maximumNesting: 128, maximumMembers: 10_000, maximumValues: 50_000 };

/** Between stages, where one call carries all fragments of an append. */
export const STAGE_JSON: JsonBounds = { maximumNesting: 128, maximumMembers: 65_536, maximumValues: 1_000_000 };

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** So far the end of a text is looked for by hand: what is full of quotes costs more by `indexOf`, what has few far less. */
const NEAR = 8;

/**
 * Counts what a JSON text is made of, before it is parsed: half a million keys keep `JSON.parse` busy for a fifth of a second,
 * and whoever walks them afterwards, too. One pass, half a millisecond a megabyte of texts, 2 ms at the worst; says nothing about text that
 * is no JSON.
 * @throws ContractError REQUEST_TOO_COMPLEX
 */
export function checkJson(text: string, { maximumNesting, maximumMembers, maximumValues }: JsonBounds): void {
  /** Of the lists and objects that are open, by level. */
  const members = new Uint32Array(maximumNesting + 1);
  let level = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at + 1);
    else if (character === CLOSE_LIST || character === CLOSE_OBJECT) level = Math.max(0, level - 1);
    else if (character === COMMA || character === OPEN_LIST || character === OPEN_OBJECT) {
      if (character !== COMMA) {
        if (++level > maximumNesting) throw tooComplex(`has more than ${maximumNesting} levels`, { maximumNesting });
        members[level] = 0;
      }
      const count = (members[level] ?? 0) + 1;
      members[level] = count;
      if (count > maximumMembers) {
        throw tooComplex(`has a list or object of more than ${maximumMembers} members`, { maximumMembers });
      }
      if (++values > maximumValues) throw tooComplex(`has more than ${maximumValues} values`, { maximumValues });
    }
  }
}

/** Where the string that begins at `start` ends: at its closing quote, or at the end of the text. */
function endOfString(text: string, start: number): number {
  let at = start;
  for (;;) {
    for (const near = Math.min(at + NEAR, text.length); at < near; at++) {
      const character = text.charCodeAt(at);
      if (character === QUOTE) return at;
      if (character === BACKSLASH) at++;
    }
    // Nothing before `at` escapes what comes from there on.
    const quote = text.indexOf('"', at);
    if (quote === -1) return text.length;
    let backslashes = 0;
    while (quote - backslashes > at && text.charCodeAt(quote - backslashes - 1) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote;
    at = quote + 1;
  }
}

function tooComplex(what: string, details: Readonly<Record<string, number>>): ContractError {
  return new ContractError('REQUEST_TOO_COMPLEX', `what was sent ${what}`, details);
}
