import { stepsInSlices } from './in-slices.ts';

/** UTF-16 units written at once: half a million line ends, each of which has to be escaped, take some 5 ms. */
const CHUNK = 256 * 1024;

/** UTF-16 units of text from which on it is written in slices, and what a value counts beside its text. */
const LARGE_TEXT = 512 * 1024;
const UNITS_A_VALUE = 26;

/**
 * `JSON.stringify` of a value that came as JSON, with rests in between where it is large: a long text with many escapes takes a
 * tenth of a second and more at once.
 */
export async function jsonInSlices(value: unknown): Promise<string> {
  return leftOf(LARGE_TEXT, value) < 0 ? stepsInSlices(write(value)) : JSON.stringify(value);
}

/** What a value leaves of so many units; goes no further once they are used up. Values are as deep as JSON that was let in. */
function leftOf(units: number, value: unknown): number {
  let left = units - UNITS_A_VALUE;
  if (typeof value === 'string') return left - value.length;
  if (typeof value !== 'object' || value === null) return left;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && left >= 0; at++) left = leftOf(left, value[at]);
    return left;
  }
  for (const name in value) {
    if (left < 0) break;
    left = leftOf(left, (value as Readonly<Record<string, unknown>>)[name]);
  }
  return left;
}

function* write(value: unknown): Generator<void, string> {
  const written: string[] = [];
  for (const chunk of chunks(value)) {
    written.push(chunk);
    yield;
  }
  return written.join('');
}

function* chunks(value: unknown): Generator<string> {
  if (typeof value === 'string' && value.length > CHUNK) yield* textChunks(value);
  else if (Array.isArray(value)) {
    yield '[';
    for (const [at, item] of value.entries()) {
      if (at > 0) yield ',';
      yield* chunks(item);
    }
    yield ']';
  } else if (typeof value === 'object' && value !== null) {
    let before = '{';
    for (const [name, item] of Object.entries(value)) {
      if (item === undefined) continue;
      yield `${before}${JSON.stringify(name)}:`;
      yield* chunks(item);
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  } else yield JSON.stringify(value ?? null);
}

function* textChunks(text: string): Generator<string> {
  yield '"';
  for (let from = 0; from < text.length; ) {
    let to = from + CHUNK;
    // A pair of surrogates that is cut would be written as two characters that are none.
    if ((text.charCodeAt(to - 1) & 0xfc00) === 0xd800) to--;
    yield JSON.stringify(text.slice(from, to)).slice(1, -1);
    from = to;
  }
  yield '"';
}
